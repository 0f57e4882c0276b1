/** Convolutions and poolings of every kind: numbers, gradients and second derivatives by the kernels, in float64 and by central differences. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRuntime, grad, ops, type PerAxis, tensor } from '../../src/index.ts';
import type { SymbolicValue } from '../../src/ops/symbolic.ts';
import { floats } from '../helpers.ts';
import { batched, checkOperation, fixed } from '../ops/check.ts';

interface Case {
  readonly image: readonly [height: number, width: number];
  readonly kernel: readonly [height: number, width: number];
  readonly channels: number;
  readonly filters: number;
  readonly groups?: number;
  readonly strides?: PerAxis;
  readonly dilationRate?: PerAxis;
  readonly padding?: 'same';
}

const cases: readonly Case[] = [
  { image: [4, 5], kernel: [1, 1], channels: 3, filters: 2 },
  { image: [4, 5], kernel: [3, 3], channels: 1, filters: 4 },
  { image: [5, 4], kernel: [2, 3], channels: 3, filters: 5, padding: 'same' },
  { image: [6, 5], kernel: [3, 2], channels: 2, filters: 3, strides: 2 },
  { image: [5, 7], kernel: [3, 3], channels: 2, filters: 9, strides: [2, 3], padding: 'same' },
  { image: [5, 5], kernel: [1, 1], channels: 2, filters: 2, strides: 2 },
  { image: [7, 6], kernel: [3, 2], channels: 2, filters: 2, dilationRate: 2 },
  { image: [6, 6], kernel: [2, 2], channels: 4, filters: 6, groups: 2, padding: 'same' },
  { image: [5, 5], kernel: [3, 3], channels: 5, filters: 5, groups: 5, padding: 'same' },
  { image: [6, 5], kernel: [2, 3], channels: 6, filters: 6, groups: 6, strides: 2, padding: 'same' },
  { image: [3, 3], kernel: [3, 3], channels: 2, filters: 4, groups: 2 },
  { image: [3, 17], kernel: [1, 1], channels: 4, filters: 4, groups: 2, strides: 2 },
  { image: [3, 4], kernel: [4, 5], channels: 1, filters: 1, padding: 'same' },
];

const shown = (one: object): string => JSON.stringify(one).replaceAll('"', '');

describe('conv', () => {
  test.each(cases.map((one) => [shown(one), one] as const))(
    '%s',
    (_, { image, kernel, channels, filters, ...rest }) => {
      const { groups = 1, ...options } = rest;
      checkOperation(
        (x, w) => ops.conv(x as SymbolicValue, w as SymbolicValue, options),
        [batched(...image, channels), fixed(...kernel, channels / groups, filters)],
        { differences: 1e-5 },
      );
    },
  );

  test('of images that are not a batch, and of rows of pixels', () => {
    checkOperation((x, w) => ops.conv(x as SymbolicValue, w as SymbolicValue), [fixed(2, 3, 3, 2), fixed(2, 2, 2, 3)]);
    const options = { strides: 2, padding: 'same' } as const;
    checkOperation(
      (x, w) => ops.conv(x as SymbolicValue, w as SymbolicValue, options),
      [batched(7, 3), fixed(3, 3, 4)],
    );
  });
});

test.each([1, 2, 3])('depthwiseConv with %i filters for each channel', (multiplier) => {
  const options = { padding: 'same', strides: multiplier === 2 ? 2 : 1 } as const;
  checkOperation(
    (x, w) => ops.depthwiseConv(x as SymbolicValue, w as SymbolicValue, options),
    [batched(5, 4, 3), fixed(3, 2, 3, multiplier)],
  );
});

const spread = (x: number, i: number): number => x + ((i * 37) % 23) * 0.31;
describe.each(['maxPool', 'averagePool'] as const)('%s', (name) => {
  test.each<[PerAxis, object]>([
    [2, {}],
    [[3, 2], { padding: 'same' }],
    [3, { strides: 2 }],
    [[2, 3], { strides: [1, 2], padding: 'same' }],
    [[1, 4], { strides: 1 }],
  ])('windows of %j, %j', (size, options) => {
    checkOperation((x) => ops[name](x as SymbolicValue, size, options), [{ ...batched(5, 6, 5), of: spread }]);
    // with a second derivative that is not zero
    checkOperation(
      (x) => ops.square(ops[name](x as SymbolicValue, size, options)),
      [{ ...batched(4, 5, 3), of: spread }],
    );
  });

  test('of rows of pixels', () => {
    checkOperation(
      (x) => ops.square(ops[name](x as SymbolicValue, 3, { strides: 2 })),
      [{ ...batched(8, 2), of: spread }],
    );
  });
});

test('the first of equal values gets the gradient of the largest; a value that is not a number is the largest', () => {
  const values = [1, 1, 0, 1, 2, 2, Number.NaN, 5];
  const largest = ops.maxPool(tensor([2, 4, 1], values), 2);
  expect([...largest.data]).toEqual([1, 1, 2, Number.NaN]);
});

test('of equal values the first alone has a second derivative', () => {
  const slope = grad((x: SymbolicValue) => ops.sum(ops.square(ops.maxPool(x, 2))));
  const times = grad((x: SymbolicValue) =>
    ops.sum(
      ops.multiply(
        slope(x),
        [1, 2, 3, 4, 5, 6, 7, 8].map((n) => [n]),
      ),
    ),
  );
  expect([...times(tensor([1, 8, 1], [3, 3, 0, 3, 5, 2, 2, 2])).data]).toEqual([2, 0, 0, 8, 10, 0, 14, 0]);
});

/** The digest of a function is not at hand here: all bits of its result are. */
const bits = (x: { readonly data: Float32Array }): string => Buffer.from(x.data.slice().buffer).toString('hex');

test('large ones give the same bits on any number of threads, and those of one image at a time', () => {
  const [count, height, width, channels, filters] = [6, 17, 19, 13, 21];
  const x = floats([count, height, width, channels], 1).data;
  const w = floats([3, 3, channels, filters], 2).data;
  const seen = new Set<string>();
  for (const threads of [1, 2, 3, 7]) {
    using runtime = createRuntime({ threads });
    const kernel = tensor([3, 3, channels, filters], w, { runtime });
    const all = ops.conv(tensor([count, height, width, channels], x, { runtime }), kernel, { padding: 'same' });
    seen.add(bits(all));
    const size = height * width * channels;
    const each = Array.from({ length: count }, (_, i) => {
      const image = tensor([1, height, width, channels], x.slice(i * size, (i + 1) * size), { runtime });
      return bits(ops.conv(image, kernel, { padding: 'same' }));
    });
    seen.add(each.join(''));
  }
  expect(seen.size).toBe(1);
});

test('any sizes: the kernels agree with float64', () => {
  const sizes = fc.record({
    image: fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })),
    kernel: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
    groups: fc.integer({ min: 1, max: 3 }),
    own: fc.integer({ min: 1, max: 6 }),
    made: fc.integer({ min: 1, max: 10 }),
    strides: fc.integer({ min: 1, max: 3 }),
    dilated: fc.boolean(),
    same: fc.boolean(),
  });
  fc.assert(
    fc.property(sizes, ({ image, kernel, groups, own, made, strides, dilated, same }) => {
      const dilationRate = dilated ? strides : 1;
      const options = { strides: dilated ? 1 : strides, dilationRate, padding: same ? 'same' : 'valid' } as const;
      fc.pre(same || kernel.every((size, axis) => (size - 1) * dilationRate < (image[axis] ?? 0)));
      checkOperation(
        (x, w) => ops.conv(x as SymbolicValue, w as SymbolicValue, options),
        [batched(...image, own * groups), fixed(...kernel, own, made * groups)],
        { quick: true },
      );
    }),
    { numRuns: 60, seed: 5 },
  );
});
