/** ONNX: ONNX Runtime predicts the same with what we write, what PyTorch, TensorFlow and scikit-learn wrote predicts the same here, and what is refused. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fromOnnx, toOnnx } from '../../src/convert/index.ts';
import { input, type Layer, layers, loadModel, model, ops, sequential } from '../../src/index.ts';
import { difference, predict, randomModel, type Support } from './models.ts';
import { onnxFile } from './onnx-file.ts';

interface Output {
  readonly name: string;
  readonly data: Float32Array;
  readonly shape: readonly number[];
}
const onnxRuntime = () =>
  import('./onnx.js') as Promise<{
    run(file: Uint8Array, x: Float32Array, shape: readonly number[]): Promise<Output[]>;
  }>;

const SUPPORT: Support = {
  activations: [
    ...['linear', 'relu', 'relu6', 'elu', 'selu', 'gelu', 'geluTanh', 'sigmoid', 'hardSigmoid', 'tanh', 'hardTanh'],
    ...['softplus', 'softsign', 'silu', 'hardSilu', 'softmax', 'leakyRelu'],
  ],
  grouped: true,
  causal: true,
};
/** Rounding: 199 of 200 are within 1e-6; long sums in another order make it 1.43e-6 for seed 199. */
const MOST = 2e-6;
const RUNS = Number(process.env.SIMDESCENT_MODELS ?? 40);

test(`ONNX Runtime predicts the same with ${RUNS} random models that we write, and we when we read them`, async () => {
  const peer = await onnxRuntime();
  for (let seed = 0; seed < RUNS; seed++) {
    const { model: net, x, shape } = randomModel(seed, SUPPORT);
    const own = await predict(net, x, shape);
    const file = await toOnnx(net);
    const theirs = await peer.run(file, x, shape);
    const far = difference(
      own,
      theirs.map(({ data }) => data),
    );
    const back = await loadModel(await fromOnnx(file));
    const again = difference(own, await predict(back, x, shape));
    if (far > MOST || again > MOST) throw new Error(`${seed}: ${far} ${again} ${JSON.stringify(net.toConfig())}`);
    for (const one of [net, back]) one.dispose();
  }
});

/** A model of one layer with random weights, and samples for it. */
function single(layer: Layer, shape: readonly number[]) {
  const net = sequential([layer], { seed: 3 });
  net.build(shape);
  const size = shape.reduce((product, one) => product * one, 1);
  for (const { name, tensor } of net.weights)
    tensor.data.set(Array.from(tensor.data, (_, i) => (name.endsWith('variance') ? 1 + i : (i % 5) / 4 - 0.4)));
  return {
    net,
    x: Float32Array.from({ length: 2 * size }, (_, i) => Math.fround(((i * 37) % 29) / 10 - 1.4)),
    shape: [2, ...shape],
  };
}

describe('layers and options that random models lack', () => {
  test.each<[string, () => Layer, readonly number[]]>([
    ['batch normalization along the first axis', () => layers.batchNormalization({ axis: 1 }), [3, 4, 2]],
    ['batch normalization along the second axis', () => layers.batchNormalization({ axis: 2 }), [3, 4, 2]],
    ['layer normalization along two axes', () => layers.layerNormalization({ axis: [2, 3] }), [3, 4, 2]],
    ['layer normalization along the first axis', () => layers.layerNormalization({ axis: [1] }), [3, 4]],
    ['groups of channels', () => layers.groupNormalization({ groups: 2 }), [3, 4, 4]],
    ['groups of features', () => layers.groupNormalization({ groups: 3 }), [6]],
    ['unit normalization along the first axis', () => layers.unitNormalization({ axis: 1 }), [3, 4]],
    ['statistics of a data set', () => layers.normalization({ mean: [1, 2], variance: [4, 9] }), [3, 2]],
    [
      'the same, inverted, along two axes',
      () => layers.normalization({ axis: [1, 2], invert: true, mean: 2, variance: 3 }),
      [3, 2],
    ],
    ['softmax along the first axis', () => layers.softmax({ axis: 1 }), [3, 4]],
    ['relu with a threshold', () => layers.reLU({ threshold: 0.5 }), [9]],
    ['relu with a threshold and a largest value', () => layers.reLU({ threshold: 0.5, maxValue: 0.8 }), [9]],
    ['relu with a slope and a largest value', () => layers.reLU({ negativeSlope: 0.1, maxValue: 0.8 }), [9]],
    ['scales and offsets of each channel', () => layers.rescaling({ scale: [2, 3], offset: [-1, 1] }), [2, 3, 2]],
    ['bilinear upsampling', () => layers.upSampling2d({ size: [2, 3], interpolation: 'bilinear' }), [3, 4, 2]],
    [
      'a transposed convolution with gaps',
      () => layers.conv2dTranspose({ filters: 2, kernelSize: 2, strides: 3 }),
      [3, 2, 2],
    ],
    [
      'one with output padding',
      () => layers.conv2dTranspose({ filters: 2, kernelSize: 3, strides: 2, padding: 'same', outputPadding: 0 }),
      [3, 4, 1],
    ],
    [
      'one with dilation',
      () => layers.conv1dTranspose({ filters: 2, kernelSize: 3, dilationRate: 2, padding: 'same' }),
      [5, 2],
    ],
    ['global pooling that keeps its axes', () => layers.globalMaxPooling2d({ keepdims: true }), [3, 4, 2]],
    ['slopes of each channel', () => layers.prelu({ sharedAxes: [1, 2] }), [3, 4, 2]],
    ['slopes of each number', () => layers.prelu(), [3, 4]],
    ...(['mish', 'exp', 'celu', 'logSoftmax', 'hardShrink', 'softShrink', 'tanhShrink'] as const).map(
      (name): [string, () => Layer, readonly number[]] => [
        name,
        () => layers.activation({ activation: ops[name] }),
        [3, 4],
      ],
    ),
  ])('%s', async (_, make, sample) => {
    const peer = await onnxRuntime();
    const { net, x, shape } = single(make(), sample);
    const own = await predict(net, x, shape);
    const file = await toOnnx(net);
    const theirs = await peer.run(file, x, shape);
    expect(
      difference(
        own,
        theirs.map(({ data }) => data),
      ),
    ).toBeLessThan(1e-6);
    const back = await loadModel(await fromOnnx(file));
    expect(difference(own, await predict(back, x, shape))).toBeLessThan(1e-6);
    for (const one of [net, back]) one.dispose();
  });

  test('values of fewer axes are broadcast, and one value may be two outputs', async () => {
    const peer = await onnxRuntime();
    const x = input({ shape: [4, 3], name: 'x' });
    const mean = layers.globalAveragePooling1d().apply(x);
    const y = layers.add({ name: 'both' }).apply([x, mean]);
    const net = model({ inputs: x, outputs: { first: y, second: y, third: x } });
    const numbers = Float32Array.from({ length: 24 }, (_, i) => i / 10);
    const theirs = await peer.run(await toOnnx(net), numbers, [2, 4, 3]);
    expect(theirs.map(({ name, shape }) => [name, shape])).toEqual([
      ['first', [2, 4, 3]],
      ['second', [2, 4, 3]],
      ['third', [2, 4, 3]],
    ]);
    const own = (await net.predict({ data: numbers, shape: [2, 4, 3] } as never)) as unknown as Record<
      string,
      { data: Float32Array }
    >;
    for (const { name, data } of theirs) expect(difference([own[name]?.data ?? []], [data])).toBeLessThan(1e-6);
    net.dispose();
  });
});

test('a network of usual layers comes back with the same layers and bits, and is the same file each time', async () => {
  const net = sequential(
    [
      layers.conv2d({ filters: 4, kernelSize: 3, padding: 'same', activation: 'relu', inputShape: [8, 8, 3] }),
      layers.maxPooling2d(),
      layers.depthwiseConv2d({ kernelSize: 3, strides: 2, activation: 'silu' }),
      layers.batchNormalization(),
      layers.conv2dTranspose({ filters: 2, kernelSize: 4, strides: 2, padding: 'same' }),
      layers.zeroPadding2d({
        padding: [
          [1, 0],
          [0, 2],
        ],
      }),
      layers.upSampling2d(),
      layers.flatten(),
      layers.dense({ units: 6, activation: { name: 'leakyRelu', alpha: 0.25 } }),
      layers.layerNormalization(),
      layers.dense({ units: 3, activation: 'softmax', useBias: false }),
    ],
    { seed: 5 },
  );
  const file = await toOnnx(net);
  expect(await toOnnx(await net.save())).toEqual(file);
  const back = await loadModel(await fromOnnx(file));
  const kinds = (one: { layers: readonly Layer[] }) => one.layers.map(({ kind, name }) => [kind, name]);
  expect(kinds(back)).toEqual(kinds(net));
  expect(await back.digest()).toBe(await net.digest());
  for (const one of [net, back]) one.dispose();
});

test('a layer that is called twice stays one layer', async () => {
  const [a, b] = [input({ shape: [3] }), input({ shape: [3] })];
  const shared = layers.dense({ units: 2, name: 'shared', activation: 'tanh' });
  const net = model({ inputs: [a, b], outputs: layers.concatenate().apply([shared.apply(a), shared.apply(b)]) });
  const back = await loadModel(await fromOnnx(await toOnnx(net)));
  expect(back.countParams()).toBe(8);
  expect(await back.digest()).toBe(await net.digest());
  for (const one of [net, back]) one.dispose();
});

const fixture = (name: string) => readFileSync(new URL(`fixtures/${name}`, import.meta.url));

describe('what other programs wrote predicts the same here', () => {
  interface Case {
    readonly file: string;
    readonly by: string;
    readonly shape: number[];
    readonly x: number[];
    readonly output: number[];
    readonly options?: object;
  }
  const cases = JSON.parse(fixture('onnx.json').toString()) as Case[];
  test.each(cases)('$file, by $by', async ({ file, shape, x, output, options = {} }) => {
    const data = `${file}.data`;
    const files = (name: string) => (name === data ? fixture(data) : Promise.reject(new Error(name)));
    const net = await loadModel(await fromOnnx(fixture(file), { ...options, files }));
    expect(difference([output], await predict(net, Float32Array.from(x), shape))).toBeLessThan(1e-6);
    net.dispose();
  });
});

describe('graphs of a few nodes: what ONNX Runtime computes, we compute too', () => {
  const numbers = (length: number) => Array.from({ length }, (_, i) => ((i * 31) % 17) / 8 - 1);
  const array = (name: string, ...shape: number[]) => ({
    name,
    shape,
    data: numbers(shape.reduce((product, size) => product * size, 1)),
  });
  const scalar = (name: string, value: number) => ({ name, shape: [], data: [value] });
  const ints = (...list: number[]) => ({ ints: list });
  const image = [2, 5, 6];
  const pool = (op: string, attributes: object) =>
    [op, ['x'], 'y', { kernel_shape: ints(3, 2), strides: ints(2, 2), ...attributes }] as const;

  test.each<[string, Parameters<typeof onnxFile>[0]]>([
    [
      'limits that are no activation',
      { nodes: [['Clip', ['x', 'a', 'b'], 'y']], constants: [scalar('a', -0.3), scalar('b', 0.4)] },
    ],
    ['an upper limit alone', { nodes: [['Min', ['x', 'a'], 'y']], constants: [scalar('a', 0.25)] }],
    ['a lower limit alone', { nodes: [['Max', ['a', 'x'], 'y']], constants: [scalar('a', -0.25)] }],
    [
      'a constant minus x, over a constant',
      {
        nodes: [
          ['Sub', ['a', 'x'], 'z'],
          ['Div', ['z', 'b'], 'y'],
        ],
        constants: [scalar('a', 0.5), array('b', 2)],
      },
    ],
    [
      'a sum along the first axis',
      { nodes: [['Add', ['x', 'a'], 'y']], constants: [array('a', 2, 1, 1)], shape: image },
    ],
    ['a product along two axes', { nodes: [['Mul', ['a', 'x'], 'y']], constants: [array('a', 2, 1, 6)], shape: image }],
    [
      'silu behind a product',
      {
        nodes: [
          ['Gemm', ['x', 'w'], 'a'],
          ['Sigmoid', ['a'], 'b'],
          ['Mul', ['a', 'b'], 'y'],
        ],
        constants: [array('w', 2, 3)],
      },
    ],
    [
      'softplus as PyTorch writes it, behind a product',
      {
        nodes: [
          ['Gemm', ['x', 'w'], 'a'],
          ['Softplus', ['a'], 'b'],
          ['Greater', ['a', 'c'], 'd'],
          ['Where', ['d', 'a', 'b'], 'y'],
        ],
        constants: [{ ...array('w', 2, 3), data: [90, 1, 2, -80, 3, 4] }, scalar('c', 20)],
      },
    ],
    [
      'softsign in pieces',
      {
        nodes: [
          ['Abs', ['x'], 'a'],
          ['Add', ['a', 'c'], 'b'],
          ['Div', ['x', 'b'], 'y'],
        ],
        constants: [scalar('c', 1)],
      },
    ],
    [
      'gelu in pieces behind a product',
      {
        nodes: [
          ['MatMul', ['x', 'w'], 'p'],
          ['Add', ['v', 'p'], 'a'],
          ['Div', ['a', 'c'], 'b'],
          ['Erf', ['b'], 'd'],
          ['Add', ['d', 'e'], 'f'],
          ['Mul', ['a', 'f'], 'g'],
          ['Mul', ['g', 'h'], 'y'],
        ],
        constants: [array('w', 2, 3), array('v', 3), scalar('c', Math.SQRT2), scalar('e', 1), scalar('h', 0.5)],
      },
    ],
    [
      'padding that cuts off on one side',
      { nodes: [['Pad', ['x', 's'], 'y']], integers: { s: [0, 0, 1, -2, 0, 0, -1, 1] }, shape: image },
    ],
    [
      'padding of the channels',
      { nodes: [['Pad', ['x', 's'], 'y']], integers: { s: [0, 1, 0, 0, 0, 1, 0, 0] }, shape: image },
    ],
    [
      'slices from the end',
      {
        nodes: [['Slice', ['x', 'a', 'b', 'c'], 'y']],
        integers: { a: [-4, 1], b: [2 ** 40, -1], c: [2, -1] },
        shape: image,
      },
    ],
    [
      'axes of size 1 that come and go',
      {
        nodes: [
          ['Unsqueeze', ['x', 'a'], 'z'],
          ['Transpose', ['z'], 'b', { perm: ints(0, 2, 3, 1) }],
          ['Squeeze', ['b', 'c'], 'y'],
        ],
        integers: { a: [1], c: [3] },
        shape: [4, 3],
      },
    ],
    [
      'means over positions',
      {
        nodes: [
          ['ReduceMean', ['x'], 'z', { axes: ints(-1, 2), keepdims: { i: 0 } }],
          ['Gemm', ['z', 'w'], 'y'],
        ],
        constants: [array('w', 2, 2)],
        shape: image,
      },
    ],
    [
      'the largest of all but the last axis',
      { nodes: [['ReduceMax', ['x'], 'y', { axes: ints(1, 2) }]], shape: image },
    ],
    [
      'a shape that is computed',
      {
        nodes: [
          ['Shape', ['x'], 'a'],
          ['Gather', ['a', 'i'], 'b'],
          ['Concat', ['b', 'j'], 'c', { axis: { i: 0 } }],
          ['Reshape', ['x', 'c'], 'y'],
        ],
        integers: { i: [0], j: [-1] },
        shape: image,
      },
    ],
    [
      'means that count padding',
      { nodes: [pool('AveragePool', { pads: ints(1, 0, 1, 1), count_include_pad: { i: 1 } })], shape: image },
    ],
    ['means over what is left at the end', { nodes: [pool('AveragePool', { ceil_mode: { i: 1 } })], shape: [2, 6, 6] }],
    ['poolings that pad as TensorFlow', { nodes: [pool('MaxPool', { auto_pad: { s: 'SAME_UPPER' } })], shape: image }],
    [
      'a convolution with more padding in front',
      {
        nodes: [['Conv', ['x', 'w', 'v'], 'y', { auto_pad: { s: 'SAME_LOWER' }, strides: ints(2, 2) }]],
        constants: [array('w', 4, 1, 2, 3), array('v', 4)],
        shape: [1, 5, 6],
      },
    ],
    [
      'groups of several channels',
      {
        nodes: [['Conv', ['x', 'w'], 'y', { group: { i: 2 }, pads: ints(2, 0, 0, 1) }]],
        constants: [array('w', 6, 2, 2, 2)],
        shape: [4, 5, 4],
      },
    ],
    [
      'a transposed convolution that cuts off more behind',
      {
        nodes: [
          [
            'ConvTranspose',
            ['x', 'w'],
            'y',
            { strides: ints(2, 2), pads: ints(0, 1, 2, 1), output_padding: ints(1, 0) },
          ],
        ],
        constants: [array('w', 2, 3, 3, 4)],
        shape: image,
      },
    ],
    [
      'a transposed convolution of a sequence',
      {
        nodes: [
          ['ConvTranspose', ['x', 'w'], 'z', { strides: ints(2), pads: ints(1, 1) }],
          ['Relu', ['z'], 'y'],
        ],
        constants: [array('w', 2, 3, 4)],
        shape: [2, 5],
      },
    ],
    [
      'pixels that are repeated',
      {
        nodes: [['Resize', ['x', '', 'a'], 'y', { mode: { s: 'nearest' } }]],
        constants: [{ name: 'a', shape: [4], data: [1, 1, 2, 3] }],
        shape: image,
      },
    ],
    [
      'one value that is joined with itself',
      {
        nodes: [
          ['Relu', ['x'], 'a'],
          ['Concat', ['a', 'x', 'a'], 'z', { axis: { i: -2 } }],
          ['Softmax', ['z'], 'y', { axis: { i: 1 } }],
        ],
        shape: image,
      },
    ],
    [
      'a sum whose sides are in different orders',
      {
        nodes: [
          ['Conv', ['x', 'w'], 'a'],
          ['Transpose', ['x'], 'b', { perm: ints(0, 2, 3, 1) }],
          ['Transpose', ['b'], 'c', { perm: ints(0, 3, 1, 2) }],
          ['Mean', ['a', 'c', 'x'], 'y'],
        ],
        constants: [array('w', 2, 2, 1, 1)],
        shape: image,
      },
    ],
  ])('%s', async (_, given) => {
    const peer = await onnxRuntime();
    const file = onnxFile(given);
    const shape = [3, ...(given.shape ?? [2])];
    const x = Float32Array.from(numbers(shape.reduce((product, size) => product * size, 1)));
    const [theirs] = await peer.run(file, x, shape);
    const net = await loadModel(await fromOnnx(file));
    expect(difference([theirs?.data ?? []], await predict(net, x, shape))).toBeLessThan(1e-6);
    net.dispose();
  });
});

describe('refused', () => {
  test.each<[string, () => Layer, readonly number[], RegExp]>([
    [
      'a layer that ONNX lacks',
      () => layers.centerCrop({ height: 2, width: 2, name: 'crop' }),
      [4, 4, 1],
      /'crop' \(centerCrop\)/,
    ],
    [
      'an activation that it lacks',
      () => layers.activation({ activation: ops.squareplus, name: 'odd' }),
      [3],
      /'odd' .*squareplus/,
    ],
    [
      'relu with a threshold and a slope',
      () => layers.reLU({ threshold: 1, negativeSlope: 0.1, name: 'two' }),
      [3],
      /'two' .*threshold/,
    ],
    [
      'unit normalization along two axes',
      () => layers.unitNormalization({ axis: [1, 2], name: 'unit' }),
      [3, 2],
      /'unit' .*axis/,
    ],
  ])('writing %s', async (_, make, shape, message) => {
    const { net } = single(make(), shape);
    await expect(toOnnx(net)).rejects.toThrow(message);
    net.dispose();
  });

  const w = { name: 'w', shape: [2, 2], data: [1, 2, 3, 4] };
  test.each<[string, Parameters<typeof onnxFile>[0], RegExp]>([
    ['an operator that is not here', { nodes: [['LSTM', ['x', 'w'], 'y']] }, /node 'y' \(LSTM\)/],
    ['a part of gelu, with the way out', { nodes: [['Erf', ['x'], 'y']] }, /Erf.*opset 20/],
    ['a product of two values', { nodes: [['MatMul', ['x', 'x'], 'y']] }, /'y' \(MatMul\).*constant/],
    ['an input that no node makes', { nodes: [['Relu', ['z'], 'y']] }, /'y' \(Relu\).*'z'/],
    [
      'nodes in a circle',
      {
        nodes: [
          ['Add', ['x', 'y'], 'z'],
          ['Relu', ['z'], 'y'],
        ],
      },
      /'z' \(Add\).*'y'/,
    ],
    ['a matrix that does not fit', { nodes: [['Gemm', ['x', 'w'], 'y']], shape: [3] }, /'y' \(Gemm\).*\[2, 2\].*3/],
    [
      'a product that moves the batch',
      { nodes: [['Transpose', ['x'], 'y', { perm: { ints: [1, 0] } }]] },
      /'y' \(Transpose\).*perm/,
    ],
    [
      'reshaping across samples',
      { nodes: [['Reshape', ['x', 's'], 'y']], integers: { s: [-1, 4] } },
      /'y' \(Reshape\)/,
    ],
    ['samples without a fixed size', { nodes: [['Relu', ['x'], 'y']], shape: [-1] }, /'x' \(input\).*fixed/],
    ['weights of another type', { nodes: [['Gemm', ['x', 'w'], 'y']], type: 11 }, /'w'.*float32.*11/],
    [
      'weights of too few numbers',
      { nodes: [['Gemm', ['x', 'w'], 'y']], constants: [{ ...w, data: [1] }] },
      /'w'.*4 numbers.*1/,
    ],
    [
      'statistics of the batch',
      {
        nodes: [['BatchNormalization', ['x', 'b', 'b', 'b', 'b'], 'y', { training_mode: { i: 1 } }]],
        constants: [{ name: 'b', shape: [2], data: [1, 1] }],
      },
      /inference/,
    ],
  ])('reading %s', async (_, given, message) => {
    await expect(fromOnnx(onnxFile({ constants: [w], ...given }))).rejects.toThrow(message);
  });

  test('pooling over an edge where zeros would count', async () => {
    const pool = [
      'MaxPool',
      ['p'],
      'y',
      { kernel_shape: { ints: [3, 3] }, strides: { ints: [2, 2] }, pads: { ints: [1, 1, 1, 1] } },
    ] as const;
    const shape = [1, 8, 8];
    await expect(fromOnnx(onnxFile({ nodes: [['Identity', ['x'], 'p'], pool], shape }))).rejects.toThrow(
      /'y' \(MaxPool\)/,
    );
    const net = await loadModel(await fromOnnx(onnxFile({ nodes: [['Relu', ['x'], 'p'], pool], shape })));
    expect(net.layers.map(({ kind }) => kind)).toContain('zeroPadding2d');
    net.dispose();
  });

  test('numbers in other files that are not given, lie elsewhere, or are too short', async () => {
    const nodes = [['Gemm', ['x', 'w'], 'y']] as const;
    const file = (location: string) =>
      onnxFile({ nodes, external: { name: 'w', shape: [2, 2], location, offset: 8, length: 16 } });
    await expect(fromOnnx(file('weights.bin'))).rejects.toThrow(/'weights.bin'.*files/);
    const asked: string[] = [];
    const files = (name: string) => {
      asked.push(name);
      return new Uint8Array(20);
    };
    for (const path of ['../w', '/etc/hosts', 'https://example.org/w', '', 'a/../../w'])
      await expect(fromOnnx(file(path), { files })).rejects.toThrow(/outside of the model's folder/);
    expect(asked).toEqual([]);
    await expect(fromOnnx(file('weights.bin'), { files })).rejects.toThrow(/byte 8, 16 bytes long, of a file of 20/);
    const net = await loadModel(await fromOnnx(file('weights.bin'), { files: { 'weights.bin': new Uint8Array(24) } }));
    net.dispose();
  });

  test('options that do not fit', async () => {
    const file = onnxFile({ nodes: [['Relu', ['x'], 'y']] });
    await expect(fromOnnx(file, { outputs: ['z'] })).rejects.toThrow(/'z'.*'y'/);
    await expect(fromOnnx(file, { output: ['y'] } as never)).rejects.toThrow(RangeError);
    await expect(fromOnnx(5 as never)).rejects.toThrow(TypeError);
  });
});

describe('hostile files', () => {
  /** A message of one field with a length. */
  const field = (number: number, ...bytes: number[]) => [number * 8 + 2, ...bytes];
  const whole = onnxFile({ nodes: [['Relu', ['x'], 'y']] });

  test.each<[string, readonly number[]]>([
    ['nothing', []],
    ['text', [...new TextEncoder().encode('<!doctype html>')]],
    ['a length past the end', field(7, 100)],
    ['a length of 2^63', field(7, 255, 255, 255, 255, 255, 255, 255, 255, 127)],
    ['a length of ten bytes and more', field(7, ...Array(12).fill(255))],
    ['a message that reaches out of the one around it', [...field(7, 4, ...field(1, 10)), 0, ...Array(20).fill(0)]],
    ['a graph that is a number', [7 * 8, 1]],
    ['a group, which nobody writes', [7 * 8 + 3]],
    ['a name that is not UTF-8', field(7, 4, ...field(2, 2, 255, 255))],
    ['a varint that the file cuts off', [8, 255]],
    ['no opset', field(7, 0)],
  ])('%s', async (_, bytes) => {
    await expect(fromOnnx(Uint8Array.from(bytes))).rejects.toThrow(/ONNX file/);
  });

  test('a file cut off anywhere', async () => {
    for (let length = 0; length < whole.length; length++)
      await expect(fromOnnx(whole.subarray(0, length))).rejects.toThrow(RangeError);
  });

  test('more parts than a file of its length should have', async () => {
    const many = (piece: readonly number[], wrap: (bytes: readonly number[]) => readonly number[]) => {
      const inner = Array.from({ length: 20_000 }, () => piece).flat();
      return Uint8Array.from(wrap(inner));
    };
    const long = (number: number, bytes: readonly number[]) => [
      number * 8 + 2,
      (bytes.length & 127) | 128,
      ((bytes.length >> 7) & 127) | 128,
      bytes.length >> 14,
      ...bytes,
    ];
    await expect(fromOnnx(many(field(1, 0), (bytes) => long(7, bytes)))).rejects.toThrow(/more parts/);
    await expect(fromOnnx(many(field(5, 0), (bytes) => long(7, bytes)))).rejects.toThrow(/more parts/);
  });

  test('a shape that asks for more than there is, and weights that many layers share without sharing a layer', async () => {
    const nodes = [['Gemm', ['x', 'w'], 'y']] as const;
    const huge = { name: 'w', shape: [2 ** 30, 2 ** 30], data: [] };
    await expect(fromOnnx(onnxFile({ nodes, constants: [huge] }))).rejects.toThrow(/'w'.*must hold/);
    const size = 40;
    const w = { name: 'w', shape: [size, size], data: Array(size * size).fill(0) };
    const chain = Array.from({ length: 20 }, (_, i) => [
      ['Gemm', [i === 0 ? 'x' : `a${i}`, 'w'], `d${i}`] as const,
      ['LeakyRelu', [`d${i}`], i === 19 ? 'y' : `a${i + 1}`, { alpha: { f: i / 20 } }] as const,
    ]).flat();
    await expect(fromOnnx(onnxFile({ nodes: chain, constants: [w], shape: [size] }))).rejects.toThrow(/twice/);
  });

  test('sizes that cost nothing in the file: of arrays without numbers, and lists that double', async () => {
    const nodes = [['Gemm', ['x', 'w'], 'y']] as const;
    const none = { name: 'w', shape: [0, 2 ** 31], data: [] };
    await expect(fromOnnx(onnxFile({ nodes, constants: [none] }))).rejects.toThrow(/'w'.*no numbers/);
    const rows = [
      ['Slice', ['r'], 's', { starts: { ints: [0] }, ends: { ints: [1] } }],
      ['Reshape', ['x', 's'], 'y'],
    ] as const;
    const integers = { e: [], r0: [2 ** 31, 0] };
    const reshaped = [['Reshape', ['e', 'r0'], 'r'], ...rows] as const;
    await expect(fromOnnx(onnxFile({ nodes: reshaped, integers }))).rejects.toThrow(/no numbers/);
    const double = Array.from({ length: 40 }, (_, i) => ['Concat', [`l${i}`, `l${i}`], `l${i + 1}`] as const);
    const doubled = [...double, ['Reshape', ['x', 'l40'], 'y']] as const;
    await expect(fromOnnx(onnxFile({ nodes: doubled, integers: { l0: [1, 2] } }))).rejects.toThrow(/Concat.*4096/);
  });
});
