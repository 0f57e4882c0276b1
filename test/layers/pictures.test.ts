/** Layers that resize pictures, and that move them at random: against Keras (test/reference/generate/pictures.py), and what they draw. */
import { describe, expect, test } from 'vitest';
import { configs, createRuntime, type Layer, layers, optimizers, sequential } from '../../src/index.ts';
import { expectClose, floats } from '../helpers.ts';
import golden from '../reference/pictures.json' with { type: 'json' };
import { run } from './recorded.ts';

const make = (className: string, config: object): Layer => configs.layerFrom({ className, config });

const titled = golden.cases.map(
  (one) => [`${one.kind} ${JSON.stringify(one.options)} of [${one.shape}]`, one] as const,
);

describe.each(titled)('%s', (_, one) => {
  const { kind, options, training, shape, x, dy } = one;
  const [rows = 1, ...sample] = shape;
  const call = (more: object = {}) => ({
    ...{ layer: make(kind, options), shape: sample, rows, x, weights: [], training, dy: () => dy },
    ...more,
  });

  test('is that of Keras, and its gradient the transpose', () => {
    const got = run(call());
    expect([rows, ...got.outputShape]).toEqual(one.output_shape);
    // places between pixels are multiples of the picture's size, in float32
    expectClose(got.y, one.y, 4e-6, 'output');
    expectClose(got.dx, one.dx, 4e-6, 'gradient by the input');
  });

  test('a batch that is shorter than others gives the same bits, and so do several threads', () => {
    const first = run(call());
    expect(run(call({ batchSize: rows + 3 }))).toEqual(first);
    for (const threads of [2, 3, 7]) expect(run(call({ threads }))).toEqual(first);
  });

  test('can be described and made again', () => {
    const config = make(kind, options).toConfig();
    expect(configs.layerFrom(JSON.parse(JSON.stringify(config))).toConfig()).toEqual(config);
  });
});

/** Pictures [5, 4, channels], whose numbers all differ, and what the layer makes of them in training. */
const [HEIGHT, WIDTH] = [5, 4];
function drawn(layer: Layer, rows: number, shape: readonly number[] = [HEIGHT, WIDTH, 1]) {
  const size = shape.reduce((a, b) => a * b, 1);
  const x = Float32Array.from({ length: rows * size }, (_, i) => (i % size) + 1);
  const { y, outputShape } = run({
    layer,
    shape,
    rows,
    x,
    weights: [],
    training: true,
    dy: (n) => new Float32Array(n),
  });
  const out = outputShape.reduce((a, b) => a * b, 1);
  return Array.from({ length: rows }, (_, row) => y.slice(row * out, (row + 1) * out));
}

/** How often each of the values comes, within four deviations of equal shares. */
function expectEven(values: readonly string[], count: number): void {
  const found = new Map<string, number>();
  for (const value of values) found.set(value, (found.get(value) ?? 0) + 1);
  expect(found.size).toBe(count);
  const share = values.length / count;
  for (const often of found.values()) expect(Math.abs(often - share)).toBeLessThan(4 * Math.sqrt(share));
}

/** Numbers that are uniform from low to high: their extremes, mean and variance. */
function expectUniform(values: readonly number[], low: number, high: number): void {
  const n = values.length;
  const [mean, spread] = [(low + high) / 2, (high - low) / Math.sqrt(12)];
  const average = values.reduce((sum, value) => sum + value, 0) / n;
  const variance = values.reduce((sum, value) => sum + (value - average) ** 2, 0) / n;
  expect(Math.min(...values)).toBeGreaterThan(low - 1e-5);
  expect(Math.max(...values)).toBeLessThan(high + 1e-5);
  expect(Math.abs(average - mean)).toBeLessThan((4 * spread) / Math.sqrt(n));
  expect(Math.abs(variance / spread ** 2 - 1)).toBeLessThan(4 / Math.sqrt(n));
}

describe('what is drawn', () => {
  const N = 4000;
  const picture = Array.from({ length: HEIGHT * WIDTH }, (_, i) => i + 1);
  const lines = Array.from({ length: HEIGHT }, (_, i) => picture.slice(i * WIDTH, (i + 1) * WIDTH));

  test.each([
    ['horizontal', lines.flatMap((line) => line.toReversed())],
    ['vertical', lines.toReversed().flat()],
    ['horizontalAndVertical', picture.toReversed()],
  ] as const)('randomFlip %s mirrors half of the pictures', (mode, mirror) => {
    const all = drawn(layers.randomFlip({ mode }), N);
    expectEven(all.map(String), 2);
    for (const one of all) expect([String(picture), String(mirror)]).toContain(String(one));
  });

  /** Where a pixel that lies `down` and `right` of the middle comes from, in each of N pictures of [size, size]. */
  function places(layer: Layer, size: number, down: number, right: number): (readonly [down: number, right: number])[] {
    const shape = [size, size, 2];
    const half = (size - 1) / 2;
    // the first channel says how far down a pixel is, the second how far right
    const picture = Array.from({ length: size * size }, (_, i) => [
      Math.floor(i / size) - half,
      (i % size) - half,
    ]).flat();
    const x = Float32Array.from({ length: N * picture.length }, (_, i) => picture[i % picture.length] ?? 0);
    const { y } = run({ layer, shape, rows: N, x, weights: [], training: true, dy: (n) => new Float32Array(n) });
    return Array.from({ length: N }, (_, row) => {
      const at = 2 * ((row * size + half + down) * size + half + right);
      return [y[at] ?? 0, y[at + 1] ?? 0];
    });
  }

  test('randomTranslation draws two shares for each picture', () => {
    const layer = layers.randomTranslation({ heightFactor: [-0.1, 0.2], widthFactor: 0.15 });
    const moves = places(layer, 21, 0, 0).map(([down, right]) => [-down / 21, -right / 21] as const);
    expectUniform(moves.map(([down]) => down), -0.1, 0.2); // biome-ignore format: a call
    expectUniform(moves.map(([, right]) => right), -0.15, 0.15); // biome-ignore format: a call
    // independent: their products have the mean of independent ones
    const mean = moves.reduce((sum, [down, right]) => sum + (down - 0.05) * right, 0) / N;
    expect(Math.abs(mean)).toBeLessThan((4 * (0.3 / Math.sqrt(12)) ** 2) / Math.sqrt(N));
  });

  test('randomRotation draws angles, counter-clockwise', () => {
    const found = places(layers.randomRotation({ factor: [-0.1, 0.3] }), 3, 0, 1);
    const turns = found.map(([down, right]) => Math.atan2(down, right) / (2 * Math.PI));
    expectUniform(turns, -0.1, 0.3);
  });

  test.each([
    ['together', {}],
    ['apart', { widthFactor: [-0.5, 0.25] as const }],
  ])('randomZoom draws factors for both directions, %s', (how, more) => {
    const zooms = places(layers.randomZoom({ heightFactor: [-0.4, 0.3], ...more }), 9, 1, 1);
    const [downs, rights] = [0, 1].map((axis) => zooms.map((zoom) => (zoom[axis] ?? 0) - 1));
    expectUniform(downs ?? [], -0.4, 0.3);
    if (how === 'together') expectClose(rights ?? [], downs ?? [], 1e-5);
    else expectUniform(rights ?? [], -0.5, 0.25);
  });

  test('randomContrast multiplies distances from the mean of each channel', () => {
    const layer = layers.randomContrast({ factor: [0.5, 0.25] });
    const shape = [HEIGHT, WIDTH, 2];
    const random = floats([N, ...shape], 2).data.map((value) => 100 + 10 * value);
    const { y } = run({
      layer,
      shape,
      rows: N,
      x: random,
      weights: [],
      training: true,
      dy: (n) => new Float32Array(n),
    });
    const factors = Array.from({ length: N }, (_, row) => {
      const [from, to] = [random, y].map((all) => all.slice(row * 40, (row + 1) * 40));
      const factor = ((to?.[38] ?? 0) - (to?.[0] ?? 0)) / ((from?.[38] ?? 0) - (from?.[0] ?? 0));
      for (const c of [0, 1]) {
        const own = Array.from({ length: 20 }, (_none, i) => from?.[2 * i + c] ?? 0);
        const mean = own.reduce((a, b) => a + b, 0) / 20;
        if (row < 50)
          for (let i = 0; i < 20; i++) expect(to?.[2 * i + c]).toBeCloseTo(mean + factor * ((own[i] ?? 0) - mean), 2);
      }
      return factor;
    });
    expectUniform(factors.filter(Number.isFinite), 0.5, 1.25);
  });

  test('randomContrast keeps its range', () => {
    const layer = layers.randomContrast({ factor: [0, 1], valueRange: [2, 15.5] });
    const all = drawn(layer, 200).flat();
    expect(Math.min(...all)).toBe(2);
    expect(Math.max(...all)).toBe(15.5);
  });

  test('randomCrop takes each place as often', () => {
    const all = drawn(layers.randomCrop({ height: 3, width: 3 }), N);
    expectEven(all.map(String), 3 * 2);
    for (const [first = 0, ...rest] of all) expect(rest).toEqual([1, 2, 4, 5, 6, 8, 9, 10].map((step) => first + step));
  });
});

const moving: readonly (readonly [string, () => Layer])[] = [
  ['randomFlip', () => layers.randomFlip()],
  ['randomTranslation', () => layers.randomTranslation({ heightFactor: 0.2, widthFactor: 0.3 })],
  ['randomRotation', () => layers.randomRotation({ factor: 0.2, fillMode: 'wrap' })],
  ['randomZoom', () => layers.randomZoom({ heightFactor: 0.3, interpolation: 'nearest' })],
  ['randomContrast', () => layers.randomContrast({ factor: 0.4, valueRange: [-1, 1] })],
  ['randomCrop', () => layers.randomCrop({ height: 5, width: 4 })],
];

describe.each(moving)('%s', (kind, layer) => {
  const x = floats([30, 6, 8, 2], 1);
  async function trained(threads: number) {
    using runtime = createRuntime({ threads });
    const stack = [layer(), layers.conv2d({ filters: 3, kernelSize: 2, activation: 'tanh' }), layers.flatten(), layers.dense({ units: 3 })]; // biome-ignore format: a stack
    using model = sequential(stack, { runtime, seed: 4 });
    model.build([6, 8, 2]);
    model.compile({ optimizer: optimizers.sgd({ learningRate: 0.1 }), loss: 'mse' });
    await model.fit(x, floats([30, 3], 2), { batchSize: 8, epochs: 2 });
    return model.digest();
  }

  test('draws the same with any number of threads', async () => {
    const digests = new Set<string>();
    for (const threads of [1, 2, 3, 7]) digests.add(await trained(threads));
    expect(digests.size).toBe(1);
  });

  test('draws for each place in a model, and for each step', () => {
    const at = (index: number) =>
      run({ layer: layer(), shape: [6, 8, 2], rows: 30, x: x.data, weights: [], training: true, index, dy: (n) => new Float32Array(n) }).y; // biome-ignore format: a call
    expect(at(1)).toEqual(at(1));
    expect(at(1)).not.toEqual(at(2));
  });

  test('draws nothing when predicting', async () => {
    using model = sequential([layer()], { seed: 1 });
    const y = await model.predict(x);
    if (kind === 'randomCrop') {
      using still = sequential([layers.resizing({ height: 5, width: 4, cropToAspectRatio: true })]);
      expect(y.data).toEqual((await still.predict(x)).data);
    } else expect([...y.data]).toEqual([...x.data]);
  });
});
