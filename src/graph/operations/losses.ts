/** Losses, metrics and penalties: the results of a step, and the beginning of its backward pass. */
import * as accuracyWords from '../../../assembly/words/accuracy.ts';
import * as activityWords from '../../../assembly/words/activity-penalty.ts';
import * as addLossWords from '../../../assembly/words/add-loss.ts';
import * as addMetricWords from '../../../assembly/words/add-metric.ts';
import * as lossWords from '../../../assembly/words/loss.ts';
import * as scaleWords from '../../../assembly/words/loss-scale.ts';
import * as penaltyWords from '../../../assembly/words/penalty.ts';
import type { Graph, Value } from '../graph.ts';
import { operation } from '../operation.ts';

export { WITH_PENALTY, WITH_ROWS } from '../../../assembly/opcodes.ts';

/** Writes the factor of each row's loss in this batch into the program's header; the penalties of the step start at 0. */
export const lossScale = /* @__PURE__ */ operation(
  scaleWords,
  { inputs: ['targets'], optional: ['weights'], outputs: [] },
  {
    name: 'lossScale',
    floats: ['factor'],
    effect: true,
    shape: () => ({}),
    cost: () => 0,
    gradient: null,
  },
);

/** Losses of the vectors of each row, and the gradient of the batch's loss by the predictions, with which the backward pass begins. */
export const loss = /* @__PURE__ */ operation(
  lossWords,
  { inputs: ['predictions', 'targets'], optional: ['weights'], outputs: ['values', 'gradient', 'probabilities'] },
  {
    name: 'loss',
    floats: ['parameter'],
    shape: ({ predictions }, { times }) => ({
      values: { shape: [times], rows: true },
      gradient: predictions,
      probabilities: predictions,
    }),
    cost: ({ times, cols }, rows) => rows * times * cols * 3,
    gradient: null,
  },
);

export const accuracy = /* @__PURE__ */ operation(
  accuracyWords,
  { inputs: ['predictions', 'targets'], outputs: ['values'] },
  {
    name: 'accuracy',
    floats: ['threshold'],
    shape: (_, { times }) => ({ values: { shape: [times], rows: true } }),
    cost: ({ times, cols }, rows) => rows * times * cols * 0.7,
    gradient: null,
  },
);

/** Adds the loss of the batch, penalties included, to a total. */
export const addLoss = /* @__PURE__ */ operation(
  addLossWords,
  { optional: ['values', 'weights'], outputs: [] },
  {
    name: 'addLoss',
    effect: true,
    shape: () => ({}),
    cost: () => 0,
    gradient: null,
  },
);

/** Adds the sum of a metric over the batch to a total; with `weights`, each row as often as its weight says. */
export const addMetric = /* @__PURE__ */ operation(
  addMetricWords,
  { inputs: ['values', 'targets'], optional: ['weights'] },
  {
    name: 'addMetric',
    effect: true,
    shape: () => ({}),
    cost: () => 0,
    gradient: null,
  },
);

/** The penalty of a weight; its derivative is added to the gradient at that address (0: none). */
export const penalty = /* @__PURE__ */ operation(
  penaltyWords,
  { inputs: ['w'], outputs: [] },
  {
    name: 'penalty',
    floats: ['l1', 'l2'],
    effect: true,
    shape: () => ({}),
    cost: ({ gradient, n }) => (gradient === 0 ? 0 : n * 0.2),
    gradient: null,
  },
);

/** The penalty of a layer's output; its derivative is added to dy if there is one. */
const activityPenalty = /* @__PURE__ */ operation(
  activityWords,
  { inputs: ['y'], outputs: [], updates: ['dy'] },
  {
    name: 'activityPenalty',
    floats: ['l1', 'l2'],
    effect: true,
    shape: ({ dy }) => ({ dy }),
    cost: ({ dy, perRow }, rows) => (dy === 0 ? 0 : rows * perRow * 0.2),
    gradient: null,
  },
);

/** Marks an output with a penalty in a training step: the backward pass adds the penalty's derivative there. Nothing runs for it. */
const regularize = /* @__PURE__ */ operation(
  { code: 0, x: 1, y: 2, l1: 3, l2: 4 },
  { inputs: ['x'], outputs: ['y'] },
  {
    name: 'regularize',
    effect: true,
    shape: ({ x }) => ({ y: x }),
    cost: () => 0,
    gradient({ graph, label, inputs: { x }, attributes: { l1, l2 }, dy: { y: dy } }) {
      const sizes = { perRow: x.size, l1, l2 };
      return { x: graph.add(activityPenalty, label, { y: x, dy }, sizes).dy };
    },
  },
);

/** Records the penalty of a layer's output: in the backward pass of a training step, else at once. Returns the output to use from here on. */
export function penalizeOutput(
  graph: Graph,
  label: string,
  x: Value,
  { l1, l2 }: { readonly l1: number; readonly l2: number },
  training: boolean,
): Value {
  if (!training) {
    graph.add(activityPenalty, label, { y: x }, { perRow: x.size, l1, l2 });
    return x;
  }
  const { y } = graph.add(regularize, label, { x }, { l1, l2 });
  y.base = x;
  return y;
}
