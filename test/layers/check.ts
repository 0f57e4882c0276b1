/** The check behind the tests of gradients: one step of SGD through the public API against central differences in float64. */
import { expect } from 'vitest';
import { losses, optimizers, sequential } from '../../src/index.ts';
import type { Loss } from '../../src/loss.ts';
import { expectClose, floats, labels, layersOf, randomize, stepGradients } from '../helpers.ts';
import { type Batch, batchLoss, gradients, type LayerSpec, type Network, vectorLoss } from '../reference/network.ts';

export interface Case {
  readonly layers: readonly LayerSpec[];
  readonly inputShape: readonly number[];
  readonly rows?: number;
  readonly loss: Loss;
  readonly reference: Network['loss'];
  /** Vectors of the output in a sample. */
  readonly times?: number;
  readonly classes?: number;
  readonly ignoreClass?: number;
  readonly weighted?: boolean;
  readonly seed?: number;
  /** Targets: labels, rows of values, or rows that sum to 1. */
  readonly targets: 'labels' | 'values' | 'bits' | 'distribution';
}

const rowsOf = (data: ArrayLike<number>, cols: number): number[][] =>
  Array.from({ length: data.length / cols }, (_, r) => Array.from(data).slice(r * cols, (r + 1) * cols));

/** One step of SGD must take off what the reference's gradient says, and report the reference's loss. */
export async function check(one: Case): Promise<void> {
  const { rows = 5, times = 1, seed = 11 } = one;
  const model = sequential(layersOf(one.layers, one.inputShape), { seed });
  model.compile({ optimizer: optimizers.sgd({ learningRate: 1 }), loss: one.loss });
  const weights = randomize(model, seed);
  const cols = model.layers.at(-1)?.outputShape.at(-1) ?? 1;
  const shape = model.layers.at(-1)?.outputShape ?? [];
  const x = floats([rows, ...one.inputShape], seed + 50);
  const sampleWeight = one.weighted ? floats([rows], seed + 51).data.map((w) => Math.abs(w) + 0.1) : undefined;

  let y = floats([rows, ...shape], seed + 52);
  let targets: Batch['targets'];
  if (one.targets === 'labels') {
    const given = labels(rows * times, one.classes ?? cols, seed + 52);
    if (one.ignoreClass !== undefined) given.data[1] = one.ignoreClass;
    targets = Array.from(given.data);
    y = { data: Float32Array.from(given.data), shape: times === 1 ? [rows] : [rows, times] };
  } else {
    const kinds = {
      values: (row: number[]) => row,
      bits: (row: number[]) => row.map((v) => (v > 0 ? 1 : 0)),
      distribution: (row: number[]) => {
        const sum = row.reduce((a, b) => a + Math.abs(b), 0);
        return row.map((v) => Math.fround(Math.abs(v) / sum));
      },
    };
    const made = rowsOf(y.data, cols).map(kinds[one.targets]);
    y.data.set(made.flat());
    targets = made;
  }

  const network: Network = {
    layers: one.layers,
    loss: one.reference,
    reduction: one.loss.reduction as Network['reduction'] & string,
    ...(one.ignoreClass !== undefined && { ignoreClass: one.ignoreClass }),
  };
  const batch: Batch = {
    x: Array.from(x.data),
    shape: one.inputShape,
    targets,
    dropout: { seed, step: 0 },
    ...(sampleWeight && { weights: Array.from(sampleWeight) }),
  };
  const want = gradients(network, weights, batch);
  const options = sampleWeight ? { sampleWeight: { data: sampleWeight, shape: [rows] } } : {};
  const got = await stepGradients(model, x, y, options);
  const names = model.weights.map(({ name }) => name);
  expect(Math.max(...want.flat().map(Math.abs)), 'the gradient is not all but zero').toBeGreaterThan(1e-3);
  for (const [i, name] of names.entries()) expectClose(got[i] ?? [], want[i] ?? [], 2e-5, `gradient of ${name}`);
  const loss = batchLoss(network, weights, batch);
  expect(Math.abs((model.history?.history.loss?.[0] ?? Number.NaN) - loss)).toBeLessThan(5e-6 * Math.max(1, loss));
  model.dispose();
}

export const mse = { loss: losses.meanSquaredError(), reference: vectorLoss.meanSquaredError?.() as Network['loss'] };
export const reference = (name: string, parameter?: number) => vectorLoss[name]?.(parameter) as Network['loss'];
