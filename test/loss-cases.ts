/** What the tests of the loss kernels share: how one is run, its cases and their references. */
import { expect, test } from 'vitest';
import * as codes from '../assembly/codes.ts';
import { type Block, type loadCore, randomFloats } from './core.ts';
import * as reference from './reference/losses.ts';

export type Core = ReturnType<typeof loadCore>;
export type Row = readonly number[];
const NONE = -2147483648;
export const shapes = [
  [0, 3],
  [1, 1],
  [2, 2],
  [3, 3],
  [2, 4],
  [3, 5],
  [2, 7],
  [1, 8],
  [5, 10],
  [2, 13],
  [2, 63],
  [1, 1021],
] as const;

export interface Options {
  readonly weights?: ArrayLike<number>;
  readonly scale?: number;
  readonly parameter?: number;
  readonly ignoreClass?: number;
  readonly gradient?: boolean;
  readonly probabilities?: boolean;
}

/** Runs a loss over rows of predictions; targets are labels or rows. */
export function run(
  core: Core,
  kind: number,
  rows: readonly Row[],
  targets: Row | readonly Row[],
  options: Options = {},
) {
  const cols = rows[0]?.length ?? 3;
  const n = rows.length * cols;
  const sparse = kind === codes.SPARSE_CROSSENTROPY || kind === codes.SPARSE_CROSSENTROPY_LOGITS;
  const values = core.f32(rows.length);
  const gradient = core.f32(n);
  const probabilities = core.f32(n);
  gradient.view.fill(99);
  probabilities.view.fill(99);
  const predictions = core.f32(rows.flat());
  const y = sparse ? core.i32(targets as Row) : core.f32(targets.flat());
  const weights = options.weights ? core.f32(options.weights) : undefined;
  core.x.loss(
    kind,
    values.ptr,
    options.gradient === false ? 0 : gradient.ptr,
    options.probabilities ? probabilities.ptr : 0,
    predictions.ptr,
    y.ptr,
    weights?.ptr ?? 0,
    rows.length,
    cols,
    options.scale ?? 1,
    options.parameter ?? 0,
    options.ignoreClass ?? NONE,
  );
  const split = (block: Block<Float32Array>) =>
    rows.map((_, r) => Array.from(block.view.subarray(r * cols, (r + 1) * cols)));
  const result = { values: Array.from(values.view), gradient: split(gradient), probabilities: split(probabilities) };
  core.reset();
  return result;
}

export function close(got: Row, want: Row, tolerance: number): void {
  expect(got.length).toBe(want.length);
  got.forEach((value, i) => {
    const expected = want[i] as number;
    expect(Math.abs(value - expected), `${value} for ${expected}`).toBeLessThanOrEqual(
      tolerance * (1 + Math.abs(expected)),
    );
  });
}

/** A kind with its reference and predictions that make sense for it. */
export interface Kind {
  readonly name: string;
  readonly kind: number;
  readonly parameter: number;
  readonly reference: (p: Row, y: Row, parameter: number) => reference.RowLoss;
  readonly predict: (unit: number) => number;
  readonly target: 'label' | 'distribution' | 'bit' | 'value';
}
const logit = (unit: number) => unit * 8;
const probability = (unit: number) => 0.02 + 0.48 * (unit + 1);
const kind = (
  name: string,
  code: number,
  reference: Kind['reference'],
  predict: Kind['predict'],
  target: Kind['target'],
  parameter = 0,
): Kind => ({ name, kind: code, parameter, reference, predict, target });
const ce = reference.crossentropy;
const ceLogits = reference.crossentropyLogits;
const bce = reference.binaryCrossentropy;
const bceLogits = reference.binaryCrossentropyLogits;
export const sparseFused = kind('sparse from logits', codes.SPARSE_CROSSENTROPY_LOGITS, ceLogits, logit, 'label');
export const binaryFused = kind('binary from logits', codes.BINARY_CROSSENTROPY_LOGITS, bceLogits, logit, 'bit');
export const kinds: readonly Kind[] = [
  kind('sparse', codes.SPARSE_CROSSENTROPY, ce, probability, 'label'),
  sparseFused,
  kind('categorical', codes.CATEGORICAL_CROSSENTROPY, ce, probability, 'distribution'),
  kind('smoothed categorical', codes.CATEGORICAL_CROSSENTROPY, ce, probability, 'distribution', 0.1),
  kind('categorical from logits', codes.CATEGORICAL_CROSSENTROPY_LOGITS, ceLogits, logit, 'distribution'),
  kind('smoothed categorical from logits', codes.CATEGORICAL_CROSSENTROPY_LOGITS, ceLogits, logit, 'distribution', 0.1),
  kind('binary', codes.BINARY_CROSSENTROPY, bce, probability, 'bit'),
  kind('smoothed binary', codes.BINARY_CROSSENTROPY, bce, probability, 'bit', 0.1),
  binaryFused,
  kind('smoothed binary from logits', codes.BINARY_CROSSENTROPY_LOGITS, bceLogits, logit, 'bit', 0.1),
  kind('mean squared error', codes.MEAN_SQUARED_ERROR, reference.meanSquaredError, logit, 'value'),
  kind('mean absolute error', codes.MEAN_ABSOLUTE_ERROR, reference.meanAbsoluteError, logit, 'value'),
  kind('huber', codes.HUBER, reference.huber, logit, 'value', 1.5),
];

export function example(kind: Kind, rows: number, cols: number) {
  const random = randomFloats(rows * 1000 + cols);
  const label = () => Math.floor(((random() + 1) / 2) * cols);
  const make = (f: () => number) => Array.from({ length: cols }, () => Math.fround(f()));
  const predictions = Array.from({ length: rows }, () => make(() => kind.predict(random())));
  const labels = Array.from({ length: rows }, label);
  const dense = labels.map((own) => {
    if (kind.target === 'label') return reference.oneHot(own, cols);
    if (kind.target === 'bit') return make(() => (random() > 0 ? 1 : 0));
    if (kind.target === 'value') return make(() => random() * 8);
    const mass = make(() => random() + 1.01);
    const sum = mass.reduce((a, b) => a + b, 0);
    return mass.map((m) => Math.fround(m / sum));
  });
  const weights = Array.from({ length: rows }, () => Math.fround(random() + 1));
  return { predictions, dense, targets: kind.target === 'label' ? labels : dense, weights };
}

test('the float64 references have the slopes of central differences', () => {
  const h = 1e-6;
  for (const kind of kinds) {
    const { predictions, dense } = example(kind, 3, 5);
    predictions.forEach((p, r) => {
      const y = dense[r] as number[];
      const slopes = p.map((_, c) => {
        const moved = (by: number) =>
          kind.reference(
            p.map((v, i) => (i === c ? v + by : v)),
            y,
            kind.parameter,
          ).value;
        return (moved(h) - moved(-h)) / (2 * h);
      });
      close(kind.reference(p, y, kind.parameter).gradient, slopes, 1e-7);
    });
  }
});
