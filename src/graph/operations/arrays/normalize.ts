/** Batch normalization over the last axis: statistics of the batch, and their gradient, in one pass each over the numbers. */
import * as momentWords from '../../../../assembly/words/batch-moments.ts';
import * as sumWords from '../../../../assembly/words/channel-sums.ts';
import * as totalWords from '../../../../assembly/words/channel-totals.ts';
import * as words from '../../../../assembly/words/normalize.ts';
import * as gradientWords from '../../../../assembly/words/normalize-gradient.ts';
import { full } from '../../../engine/full.ts';
import type { Value } from '../../graph.ts';
import { type Gradients, operation, type Type } from '../../operation.ts';

/** Positions that are summed at a time: a number that follows from the channels alone, so that threads never change a bit. */
const blockOf = (channels: number): number => Math.max(64, Math.floor(8192 / channels));

interface Sizes {
  readonly channels: number;
  /** Positions in a row. */
  readonly times: number;
  readonly block: number;
}

function sizesOf({ shape, size }: Value): Sizes {
  const channels = shape.at(-1) ?? 1;
  return { channels, times: size / channels, block: blockOf(channels) };
}

/** Two sums for each channel and block. */
const channelSums = /* @__PURE__ */ operation(
  sumWords,
  { inputs: ['x'], optional: ['dy', 'mean', 'inverse'], outputs: ['sums'] },
  {
    name: 'channelSums',
    needs: full,
    shape: ({ x: { graph } }, { channels, times, block }) => {
      const blocks = Math.ceil((graph.batchSize * times) / block);
      // float64, two lists a block
      return { sums: { shape: [blocks, 4 * Math.ceil(channels / 8) * 8], rows: false } };
    },
    cost: ({ channels, times, dy }, rows) => rows * times * channels * (dy ? 0.7 : 0.45),
    gradient: null,
  },
);

/** Mean and one over the deviation; the moving statistics follow them. */
const batchMoments = /* @__PURE__ */ operation(
  momentWords,
  { inputs: ['sums'], outputs: ['mean', 'inverse'] },
  {
    name: 'batchMoments',
    needs: full,
    floats: ['epsilon', 'momentum', 'rest'],
    effect: true,
    shape: (_, { channels }) => {
      const type: Type = { shape: [channels], rows: false };
      return { mean: type, inverse: type };
    },
    cost: () => 0,
    gradient: null,
  },
);

const channelTotals = /* @__PURE__ */ operation(
  totalWords,
  { inputs: ['sums'], outputs: ['first', 'second'] },
  {
    name: 'channelTotals',
    needs: full,
    shape: (_, { channels }) => {
      const type: Type = { shape: [channels], rows: false };
      return { first: type, second: type };
    },
    cost: () => 0,
    gradient: null,
  },
);

const normalizeGradient = /* @__PURE__ */ operation(
  gradientWords,
  { inputs: ['dy', 'x', 'mean', 'inverse'], optional: ['gamma', 'dbeta', 'dgamma'], outputs: ['dx'] },
  {
    name: 'normalizeGradient',
    needs: full,
    overwrites: { dx: 'dy' },
    shape: ({ dy }) => ({ dx: dy }),
    cost: ({ channels, times }, rows) => rows * times * channels * 0.3,
    gradient({ label }): never {
      throw new Error(
        `${label}: batch normalization has no second derivative; compose it of ops, or take a layer that has`,
      );
    },
  },
);

/** y = (x - mean) inverse gamma + beta. Where `batch` is 1, mean and inverse are those of x, and the gradient goes through them. */
const normalize = /* @__PURE__ */ operation(
  words,
  { inputs: ['x', 'mean', 'inverse'], optional: ['gamma', 'beta'], outputs: ['y'] },
  {
    name: 'normalize',
    needs: full,
    overwrites: { y: 'x' },
    shape: ({ x }) => ({ y: x }),
    cost: ({ channels, times }, rows) => rows * times * channels * 0.2,
    gradient({
      graph,
      label,
      inputs: { x, mean, inverse, gamma, beta },
      attributes: { channels, times, batch },
      dy: { y: dy },
      wants,
    }): Gradients<'x' | 'gamma' | 'beta'> {
      if (dy === undefined) return {};
      const sizes = { channels, times, block: blockOf(channels) };
      const through = batch === 1 && wants('x');
      const outputs: ('first' | 'second')[] = [];
      if (through || (beta !== undefined && wants('beta'))) outputs.push('first');
      if (through || (gamma !== undefined && wants('gamma'))) outputs.push('second');
      const sums = outputs.length > 0 && graph.add(channelSums, label, { x, dy, mean, inverse }, sizes).sums;
      const totals = sums ? graph.add(channelTotals, label, { sums }, sizes, outputs) : undefined;
      const [dbeta, dgamma] = [totals?.first, totals?.second];
      const by = through ? { dbeta, dgamma } : {};
      return {
        x: wants('x')
          ? graph.add(normalizeGradient, label, { dy, x, mean, inverse, gamma, ...by }, { channels, times }).dx
          : undefined,
        gamma: dgamma,
        beta: dbeta,
      };
    },
  },
);

/** How moving statistics follow those of a batch: addresses of [channels] each. */
export interface Moving {
  readonly momentum: number;
  readonly mean: number;
  readonly variance: number;
}

/** (x - mean of the batch) / deviation * gamma + beta, channel by channel. */
export function normalizeBatch(
  label: string,
  x: Value,
  gamma: Value | undefined,
  beta: Value | undefined,
  epsilon: number,
  moving: Moving,
): Value {
  const { graph } = x;
  const sizes = sizesOf(x);
  const { channels, times } = sizes;
  const { sums } = graph.add(channelSums, label, { x }, sizes);
  const { momentum } = moving;
  const follows = { momentum, rest: 1 - momentum, movingMean: moving.mean, movingVariance: moving.variance };
  const { mean, inverse } = graph.add(batchMoments, label, { sums }, { ...sizes, epsilon, ...follows });
  const rules = { channels, times, relu: 0, batch: 1 };
  return graph.add(normalize, label, { x, mean, inverse, gamma, beta }, rules).y;
}

/** (x - mean) inverse * gamma + beta with mean and inverse that do not depend on x. */
export function normalizeWith(
  label: string,
  x: Value,
  mean: Value,
  inverse: Value,
  gamma: Value | undefined,
  beta: Value | undefined,
): Value {
  const { channels, times } = sizesOf(x);
  const rules = { channels, times, relu: 0, batch: 0 };
  return x.graph.add(normalize, label, { x, mean, inverse, gamma, beta }, rules).y;
}
