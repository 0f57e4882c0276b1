/** Random models of the layers that a format has, with random weights and statistics, from a seed. */
import { type Functional, input, type Layer, layers, model, type Sequential, sequential } from '../../src/index.ts';

/** mulberry32: numbers from 0 to 1. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** The activations that we write as ONNX. */
export const ONNX_ACTIVATIONS: readonly string[] = [
  ...['linear', 'relu', 'relu6', 'elu', 'selu', 'gelu', 'geluTanh', 'sigmoid', 'hardSigmoid', 'tanh', 'hardTanh'],
  ...['softplus', 'softsign', 'silu', 'hardSilu', 'softmax', 'leakyRelu'],
];

export interface Support {
  /** Functions of `layers` that are not there. */
  readonly without?: readonly string[];
  readonly activations: readonly string[];
  /** Groups of convolutions, causal padding, keepdims. */
  readonly grouped: boolean;
  readonly causal: boolean;
}

type Shape = readonly number[];
type Make = (pick: Picker, shape: Shape, support: Support) => Layer;

class Picker {
  readonly #random: () => number;
  constructor(random: () => number) {
    this.#random = random;
  }
  integer(from: number, to: number): number {
    return from + Math.floor(this.#random() * (to - from + 1));
  }
  one<T>(list: readonly T[]): T {
    return list[this.integer(0, list.length - 1)] as T;
  }
  chance(share: number): boolean {
    return this.#random() < share;
  }
}

const act = (pick: Picker, { activations }: Support) => {
  const name = pick.one(activations);
  return { activation: (name === 'leakyRelu' ? { name, alpha: 0.3 } : name) as 'relu', useBias: pick.chance(0.7) };
};
const window = (pick: Picker, shape: Shape, most = 3) => {
  const kernelSize = shape.slice(0, -1).map((size) => pick.integer(1, Math.min(most, size)));
  const dilated = pick.chance(0.2) && kernelSize.every((size, i) => (size - 1) * 2 < (shape[i] ?? 0));
  return {
    kernelSize: kernelSize as unknown as number,
    padding: pick.one(['valid', 'same'] as const),
    ...(dilated ? { dilationRate: 2 } : { strides: pick.integer(1, 2) }),
  };
};
const pool = (pick: Picker, shape: Shape) => {
  const { kernelSize, padding } = window(pick, shape, 2);
  return { poolSize: kernelSize, padding, strides: pick.integer(1, 2) };
};
const groups = (pick: Picker, shape: Shape, { grouped }: Support) =>
  grouped && (shape.at(-1) ?? 1) % 2 === 0 && pick.chance(0.4) ? 2 : 1;
const conv: (make: typeof layers.conv2d) => Make = (make) => (pick, shape, support) => {
  const own = groups(pick, shape, support);
  return make({ filters: own * pick.integer(1, 3), groups: own, ...window(pick, shape), ...act(pick, support) });
};

/** Layers by the number of axes of their samples; 0: any. */
const KINDS: Readonly<Record<string, readonly [axes: number, make: Make]>> = {
  dense: [1, (pick, _, support) => layers.dense({ units: pick.integer(1, 6), ...act(pick, support) })],
  denseOfSequence: [2, (pick, _, support) => layers.dense({ units: pick.integer(1, 4), ...act(pick, support) })],
  activation: [0, (pick, _, support) => layers.activation({ activation: act(pick, support).activation })],
  conv1d: [
    2,
    (pick, shape, support) => {
      const own = groups(pick, shape, support);
      const options = { filters: own * pick.integer(1, 3), groups: own, ...window(pick, shape), ...act(pick, support) };
      return layers.conv1d(support.causal && pick.chance(0.3) ? { ...options, padding: 'causal' } : options);
    },
  ],
  conv2d: [3, conv(layers.conv2d)],
  conv1dTranspose: [
    2,
    (pick, shape, support) =>
      layers.conv1dTranspose({
        filters: pick.integer(1, 3),
        ...window(pick, shape),
        dilationRate: 1,
        ...act(pick, support),
      }),
  ],
  conv2dTranspose: [
    3,
    (pick, shape, support) =>
      layers.conv2dTranspose({
        filters: pick.integer(1, 3),
        ...window(pick, shape),
        dilationRate: 1,
        ...act(pick, support),
      }),
  ],
  depthwiseConv1d: [
    2,
    (pick, shape, support) =>
      layers.depthwiseConv1d({ depthMultiplier: pick.integer(1, 2), ...window(pick, shape), ...act(pick, support) }),
  ],
  depthwiseConv2d: [
    3,
    (pick, shape, support) =>
      layers.depthwiseConv2d({ depthMultiplier: pick.integer(1, 2), ...window(pick, shape), ...act(pick, support) }),
  ],
  separableConv1d: [
    2,
    (pick, shape, support) =>
      layers.separableConv1d({ filters: pick.integer(1, 3), ...window(pick, shape), ...act(pick, support) }),
  ],
  separableConv2d: [
    3,
    (pick, shape, support) =>
      layers.separableConv2d({
        filters: pick.integer(1, 3),
        ...window(pick, shape),
        ...act(pick, support),
      }),
  ],
  maxPooling1d: [2, (pick, shape) => layers.maxPooling1d(pool(pick, shape))],
  maxPooling2d: [3, (pick, shape) => layers.maxPooling2d(pool(pick, shape))],
  averagePooling1d: [2, (pick, shape) => layers.averagePooling1d(pool(pick, shape))],
  averagePooling2d: [3, (pick, shape) => layers.averagePooling2d(pool(pick, shape))],
  globalMaxPooling1d: [2, () => layers.globalMaxPooling1d()],
  globalMaxPooling2d: [3, () => layers.globalMaxPooling2d()],
  globalAveragePooling1d: [2, () => layers.globalAveragePooling1d()],
  globalAveragePooling2d: [3, () => layers.globalAveragePooling2d()],
  flatten: [0, () => layers.flatten()],
  reshape: [0, (_, shape) => layers.reshape({ targetShape: [-1, shape.at(-1) ?? 1] })],
  reshapeToPicture: [2, (_, shape) => layers.reshape({ targetShape: [...shape, 1] })],
  permute: [
    3,
    (pick) =>
      layers.permute({
        dims: pick.one([
          [2, 1, 3],
          [3, 1, 2],
        ]),
      }),
  ],
  permuteSequence: [2, () => layers.permute({ dims: [2, 1] })],
  repeatVector: [1, (pick) => layers.repeatVector({ n: pick.integer(1, 3) })],
  zeroPadding1d: [2, (pick) => layers.zeroPadding1d({ padding: [pick.integer(0, 2), pick.integer(0, 2)] })],
  zeroPadding2d: [
    3,
    (pick) =>
      layers.zeroPadding2d({
        padding: [
          [pick.integer(0, 2), 1],
          [0, pick.integer(0, 2)],
        ],
      }),
  ],
  cropping1d: [2, (pick, shape) => layers.cropping1d({ cropping: [(shape[0] ?? 0) > 1 ? pick.integer(0, 1) : 0, 0] })],
  cropping2d: [
    3,
    (pick, shape) =>
      layers.cropping2d({
        cropping: [
          [(shape[0] ?? 0) > 1 ? 1 : 0, 0],
          [0, (shape[1] ?? 0) > 1 ? pick.integer(0, 1) : 0],
        ],
      }),
  ],
  upSampling1d: [2, (pick) => layers.upSampling1d({ size: pick.integer(1, 2) })],
  upSampling2d: [3, (pick) => layers.upSampling2d({ size: [pick.integer(1, 2), pick.integer(1, 2)] })],
  batchNormalization: [
    0,
    (pick) => layers.batchNormalization({ center: pick.chance(0.8), scale: pick.chance(0.8), epsilon: 0.01 }),
  ],
  layerNormalization: [
    0,
    (pick) => layers.layerNormalization({ epsilon: 0.1, center: pick.chance(0.8), scale: pick.chance(0.8) }),
  ],
  groupNormalization: [3, (pick) => layers.groupNormalization({ groups: pick.one([1, -1]) })],
  unitNormalization: [0, () => layers.unitNormalization()],
  rescaling: [0, (pick) => layers.rescaling({ scale: pick.integer(1, 4) / 3, offset: pick.integer(-1, 1) })],
  prelu: [0, (pick, shape) => layers.prelu(shape.length > 1 && pick.chance(0.5) ? { sharedAxes: [1] } : {})],
  reLU: [0, (pick) => layers.reLU({ maxValue: pick.integer(1, 3) })],
  leakyReLU: [0, () => layers.leakyReLU({ negativeSlope: 0.15 })],
  elu: [0, () => layers.elu()],
  softmax: [0, () => layers.softmax()],
  dropout: [0, () => layers.dropout({ rate: 0.3 })],
  gaussianNoise: [0, () => layers.gaussianNoise({ stddev: 0.3 })],
  gaussianDropout: [0, () => layers.gaussianDropout({ rate: 0.3 })],
  alphaDropout: [0, () => layers.alphaDropout({ rate: 0.3 })],
  spatialDropout1d: [2, () => layers.spatialDropout1d({ rate: 0.3 })],
  spatialDropout2d: [3, () => layers.spatialDropout2d({ rate: 0.3 })],
};

const MERGES = ['add', 'subtract', 'multiply', 'average', 'maximum', 'minimum', 'concatenate'] as const;

/** A layer that fits samples of this shape. */
function layerFor(pick: Picker, shape: Shape, support: Support): Layer {
  const fitting = Object.entries(KINDS).filter(
    ([kind, [axes]]) => (axes === 0 || axes === shape.length) && !support.without?.includes(kind),
  );
  const [, make] = pick.one(fitting)[1];
  return make(pick, shape, support);
}

const SHAPES: readonly Shape[] = [[5], [7, 4], [6, 5, 2], [8, 8, 3]];
const sizeOf = (shape: Shape) => shape.reduce((product, size) => product * size, 1);

function stackOf(pick: Picker, support: Support, shape: Shape): Sequential {
  const all: Layer[] = [];
  let now = input({ shape });
  for (let i = pick.integer(1, 6); i > 0; i--) {
    const layer = layerFor(pick, now.shape.slice(1) as number[], support);
    now = layer.apply(now);
    if (sizeOf(now.shape.slice(1) as number[]) > 2000) break;
    all.push(layer);
  }
  for (const layer of all) (layer as unknown as { reset(): void }).reset();
  const net = sequential(all.length > 0 ? all : [layers.flatten()], { seed: pick.integer(0, 1e6) });
  net.build(shape);
  return net;
}

function graphOf(pick: Picker, support: Support, shape: Shape): Functional {
  const x = input({ shape, name: 'pictures' });
  const values = [x];
  for (let i = pick.integer(2, 7); i > 0; i--) {
    const from = pick.one(values);
    const sample = from.shape.slice(1) as number[];
    const merge = pick.one(MERGES);
    const same = values.filter((one) => one !== from && one.shape.join() === from.shape.join());
    const merged = same.length > 0 && pick.chance(0.6) && !support.without?.includes(merge);
    const y = merged ? layers[merge]().apply([from, pick.one(same)]) : layerFor(pick, sample, support).apply(from);
    if (sizeOf(y.shape.slice(1) as number[]) <= 2000) values.push(y);
  }
  const last = values.at(-1) ?? x;
  // a layer on two values shares its weights
  const shared = layers.dense({ units: 2, name: 'shared', activation: 'tanh' });
  const heads = [last, ...(pick.chance(0.4) ? [values[1] ?? last] : [])];
  const outputs = heads.map((one) => {
    const flat = layers.flatten().apply(one);
    return layers.dense({ units: 3, activation: pick.one(['linear', 'sigmoid']) }).apply(flat);
  });
  const joined = outputs.map((one) => shared.apply(one));
  return model({ inputs: x, outputs: [...joined, ...(pick.chance(0.3) ? outputs : [])], seed: pick.integer(0, 1e6) });
}

export interface Sample {
  readonly model: Sequential | Functional;
  /** Three samples for its input. */
  readonly x: Float32Array;
  readonly shape: Shape;
}

/** The model of a seed. */
export function randomModel(seed: number, support: Support): Sample {
  const random = randomOf(seed);
  const pick = new Picker(random);
  const shape = pick.one(SHAPES);
  const net = pick.chance(0.5) ? stackOf(pick, support, shape) : graphOf(pick, support, shape);
  for (const { name, tensor } of net.weights)
    tensor.data.set(
      Float32Array.from(tensor.data, (value) =>
        name.endsWith('variance') || name.endsWith('gamma') ? 0.5 + random() : value + random() - 0.5,
      ),
    );
  const x = Float32Array.from({ length: 3 * sizeOf(shape) }, () => random() * 2 - 1);
  return { model: net, x, shape: [3, ...shape] };
}

/** Predictions, one list for each output. */
export async function predict(
  net: Sequential | Functional,
  x: Float32Array,
  shape: Shape,
): Promise<readonly Float32Array[]> {
  const predicted = (await net.predict({ data: x, shape } as never)) as unknown;
  const all = Array.isArray(predicted) ? predicted : [predicted];
  return all.map((one) => {
    const numbers = Float32Array.from((one as { data: Float32Array }).data);
    return numbers;
  });
}

/** The largest difference, as a share of the largest number of all outputs, or of 1 if that is more. */
export function difference(a: readonly ArrayLike<number>[], b: readonly ArrayLike<number>[]): number {
  if (a.length !== b.length) throw new Error(`${a.length} outputs and ${b.length}`);
  const scale = Math.max(1, ...a.flatMap((one) => Array.from(one, Math.abs)));
  let worst = 0;
  for (const [i, one] of a.entries()) {
    const other = b[i] ?? [];
    if (one.length !== other.length) throw new Error(`${one.length} numbers and ${other.length}`);
    for (let j = 0; j < one.length; j++) {
      const far = Math.abs((one[j] ?? Number.NaN) - (other[j] ?? Number.NaN)) / scale;
      if (!(far <= worst)) worst = far;
    }
  }
  return worst;
}
