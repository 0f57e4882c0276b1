/**
 * A whole small network in float64, forward only: the loss of a batch as a plain function of the weights. Gradients come from it by
 * central differences, so no derivative formula of the library is repeated here.
 */
import { activations, softmax } from './activations.ts';
import * as losses from './losses.ts';
import { words } from './random.ts';

export interface Penalty {
  readonly l1?: number;
  readonly l2?: number;
}

/** A layer by its kind, with the options that the library's own function takes. */
export interface LayerSpec {
  readonly kind: 'dense' | 'activation' | 'dropout' | 'flatten' | 'reshape';
  readonly units?: number;
  readonly useBias?: boolean;
  readonly activation?: string | { readonly name: string; readonly alpha?: number };
  readonly rate?: number;
  readonly targetShape?: readonly number[];
  readonly kernelRegularizer?: Penalty;
  readonly biasRegularizer?: Penalty;
  readonly activityRegularizer?: Penalty;
}

/** The loss of one vector of predictions; `target` is a label, or one value per column. */
export type VectorLoss = (predictions: readonly number[], target: number | readonly number[]) => number;

export interface Network {
  readonly layers: readonly LayerSpec[];
  readonly loss: VectorLoss;
  readonly reduction?: 'sumOverBatchSize' | 'sum' | 'meanWithSampleWeight';
  readonly ignoreClass?: number;
}

/** One batch: samples of `shape`, one target per vector of the output, one weight per sample. */
export interface Batch {
  readonly x: readonly number[];
  readonly shape: readonly number[];
  readonly targets: readonly (number | readonly number[])[];
  readonly weights?: readonly number[];
  /** Makes dropout drop: the model's seed and the step that it is in. */
  readonly dropout?: { readonly seed: number; readonly step: number };
}

const PURPOSE_DROPOUT = 3;
const defaultAlpha: Record<string, number> = { leakyRelu: 0.2, elu: 1 };

/** `x` cut into vectors of `cols`. */
function rowsOf(x: readonly number[], cols: number): number[][] {
  return Array.from({ length: x.length / cols }, (_, r) => x.slice(r * cols, (r + 1) * cols));
}

export function activate(x: readonly number[], cols: number, activation: LayerSpec['activation'] = 'linear'): number[] {
  const { name, alpha } = typeof activation === 'string' ? { name: activation, alpha: undefined } : activation;
  if (name === 'softmax') return rowsOf(x, cols).flatMap((row) => softmax(row));
  const { f } = activations[name as keyof typeof activations];
  return x.map((value) => f(value, alpha ?? defaultAlpha[name] ?? 0));
}

function penaltyOf(x: readonly number[], { l1 = 0, l2 = 0 }: Penalty = {}): number {
  return x.reduce((sum, value) => sum + l1 * Math.abs(value) + l2 * value * value, 0);
}

function dense(x: readonly number[], kernel: readonly number[], bias: readonly number[] | undefined, units: number) {
  const inputs = kernel.length / units;
  return rowsOf(x, inputs).flatMap((row) =>
    Array.from({ length: units }, (_, j) =>
      row.reduce((sum, value, i) => sum + value * (kernel[i * units + j] as number), bias?.[j] ?? 0),
    ),
  );
}

/** The output of the network and the penalties on the way; `weights` are the kernels and biases in layer order. */
function forward({ layers }: Network, weights: readonly (readonly number[])[], batch: Batch) {
  const { dropout } = batch;
  const rows = batch.x.length / batch.shape.reduce((a, b) => a * b, 1);
  let [y, cols, next, penalty] = [[...batch.x], batch.shape.at(-1) ?? 1, 0, 0];
  for (const [index, layer] of layers.entries()) {
    if (layer.kind === 'dense') {
      const kernel = weights[next++] as readonly number[];
      const bias = layer.useBias === false ? undefined : weights[next++];
      cols = layer.units as number;
      y = dense(y, kernel, bias, cols);
      penalty += penaltyOf(kernel, layer.kernelRegularizer) + penaltyOf(bias ?? [], layer.biasRegularizer);
    }
    if (layer.kind === 'flatten') cols = y.length / rows;
    if (layer.kind === 'reshape') {
      const last = layer.targetShape?.at(-1) ?? 1;
      const others = (layer.targetShape ?? []).slice(0, -1).reduce((a, b) => a * b, 1);
      cols = last === -1 ? y.length / rows / others : last;
    }
    if (layer.kind === 'dense' || layer.kind === 'activation') y = activate(y, cols, layer.activation);
    if (layer.kind === 'dropout' && dropout !== undefined) {
      const rate = Math.fround(layer.rate ?? 0);
      const random = words(y.length, [dropout.seed, 0], dropout.step, index, PURPOSE_DROPOUT);
      const threshold = Math.floor(rate * 2 ** 32);
      y = y.map((value, i) => ((random[i] as number) >= threshold ? value / (1 - rate) : 0));
    }
    penalty += penaltyOf(y, layer.activityRegularizer) / rows;
  }
  return { y, cols, penalty, rows };
}

/** The loss of each vector of the output, unweighted. */
function vectorLosses(network: Network, weights: readonly (readonly number[])[], batch: Batch): number[] {
  const { y, cols } = forward(network, weights, batch);
  return rowsOf(y, cols).map((row, r) => {
    const target = batch.targets[r] as number | readonly number[];
    return target === network.ignoreClass ? 0 : network.loss(row, target);
  });
}

/** The loss of the batch, penalties included. */
export function batchLoss(network: Network, weights: readonly (readonly number[])[], batch: Batch): number {
  const { penalty, rows } = forward(network, weights, batch);
  const values = vectorLosses(network, weights, batch);
  const share = values.map((_, r) => batch.weights?.[Math.floor((r * rows) / values.length)] ?? 1);
  const counts = batch.targets.map((target) => (target === network.ignoreClass ? 0 : 1));
  const total = values.reduce((sum, value, r) => sum + value * (share[r] as number), 0);
  const count = counts.reduce<number>((a, b) => a + b, 0);
  const mass = counts.reduce<number>((sum, one, r) => sum + one * (share[r] as number), 0);
  const divisor = { sumOverBatchSize: count, sum: 1, meanWithSampleWeight: mass }[
    network.reduction ?? 'sumOverBatchSize'
  ];
  return total / divisor + penalty;
}

/** The gradient of `batchLoss` by central differences, shaped as `weights`. */
export function gradients(network: Network, weights: readonly (readonly number[])[], batch: Batch): number[][] {
  const h = 1e-5;
  const at = weights.map((weight) => [...weight]);
  return at.map((weight) =>
    weight.map((value, i) => {
      weight[i] = value + h;
      const above = batchLoss(network, at, batch);
      weight[i] = value - h;
      const below = batchLoss(network, at, batch);
      weight[i] = value;
      return (above - below) / (2 * h);
    }),
  );
}

const distribution = (cols: number, target: number | readonly number[]) =>
  typeof target === 'number' ? losses.oneHot(target, cols) : target;
const columns = (target: number | readonly number[]) => (typeof target === 'number' ? [target] : target);

/** Every loss by the name and the options that the library gives it. */
export const vectorLoss: Record<string, (parameter?: number) => VectorLoss> = {
  crossentropy:
    (smoothing = 0) =>
    (p, t) =>
      losses.crossentropy(p, distribution(p.length, t), smoothing).value,
  crossentropyLogits:
    (smoothing = 0) =>
    (p, t) =>
      losses.crossentropyLogits(p, distribution(p.length, t), smoothing).value,
  binaryCrossentropy:
    (smoothing = 0) =>
    (p, t) =>
      losses.binaryCrossentropy(p, columns(t), smoothing).value,
  binaryCrossentropyLogits:
    (smoothing = 0) =>
    (p, t) =>
      losses.binaryCrossentropyLogits(p, columns(t), smoothing).value,
  meanSquaredError: () => (p, t) => losses.meanSquaredError(p, columns(t)).value,
  meanAbsoluteError: () => (p, t) => losses.meanAbsoluteError(p, columns(t)).value,
  huber:
    (delta = 1) =>
    (p, t) =>
      losses.huber(p, columns(t), delta).value,
};
