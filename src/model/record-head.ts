/** Records what an output with a loss adds to a step: its targets, its loss and its metrics. */
import type { Graph, Value } from '../graph/graph.ts';
import { activation } from '../graph/operations/activation.ts';
import { gather } from '../graph/operations/gather.ts';
import * as losses from '../graph/operations/losses.ts';
import type { Layer } from '../layers/layer.ts';
import type { Loss } from '../loss.ts';
import { sizeOf } from '../validate.ts';
import type { Head } from './heads.ts';
import type { Built } from './parameters.ts';
import type { PlacedTargets } from './samples.ts';

/** Targets and weights of an output of `times` vectors of `cols` numbers. */
export interface Gathered {
  readonly head: Head;
  readonly cols: number;
  readonly times: number;
  readonly targets: Value;
  readonly weights: Value | undefined;
}

export function gatherTargets(graph: Graph, { network }: Built, head: Head, { y, weights }: PlacedTargets): Gathered {
  const shape = network.shapes[network.outputs[head.index] ?? 0] ?? [];
  const cols = shape.at(-1) ?? 1;
  const times = sizeOf(shape) / cols;
  const of = head.prefix === '' ? '' : `${head.prefix.slice(0, -1)} `;
  return {
    head,
    cols,
    times,
    targets: gather(graph, `gather ${of}y`, y, head.loss.sparse ? [times] : [times, cols]),
    weights: weights === 0 ? undefined : gather(graph, `gather ${of}sample weights`, weights, [times]),
  };
}

/** Records the factor of the losses of an output's rows; `keep` leaves the penalties of the step as they are. */
export function scaleLoss(
  graph: Graph,
  { head, targets, weights, times }: Gathered,
  factor: number,
  keep: boolean,
): void {
  const { reductionCode: reduction, ignoreClass } = head.loss;
  const numbers = { reduction, times, ignoreClass, factor, keep: keep ? 1 : 0 };
  graph.add(losses.lossScale, 'loss scale', { targets, weights }, numbers);
}

/** The last of the additions of a batch to a total loss. */
export const flags = losses.WITH_PENALTY | losses.WITH_ROWS;

/** Records loss and metrics of an output; returns the losses of its rows, and the gradient with which the backward pass begins. */
export function recordHead(
  graph: Graph,
  { head: { loss, metrics, prefix }, targets, weights, times, cols }: Gathered,
  output: Value,
  last: Layer | undefined,
  training: boolean,
): { readonly values: Value; readonly seed: readonly [Value, Value] } {
  /** The logits behind the output, if `of` can read them instead of the softmax or sigmoid at the end and the output has no penalty. */
  const logitsFor = (of: Loss): Value | undefined => {
    const ends = last?.activityRegularizer === undefined && last?.activation?.name === of.fused?.activation;
    return ends && output.node?.operation === activation ? output.node.inputs.x : undefined;
  };
  const recordLoss = (
    of: Loss,
    inputs: { readonly predictions: Value; weights?: Value | undefined },
    kind: number,
    wanted: readonly ('values' | 'gradient' | 'probabilities')[],
  ) => {
    const numbers = { kind, times, cols, parameter: of.parameter, ignoreClass: of.ignoreClass };
    return graph.add(losses.loss, prefix + of.name, { ...inputs, targets }, numbers, wanted);
  };

  const recordOwn = (): { values: Value; seed: readonly [Value, Value]; y: Value } => {
    const { trace } = loss;
    if (trace !== undefined) {
      const label = prefix + loss.name;
      const values = trace.values(label, targets, output, times);
      return { values, seed: [values, training ? trace.seed(graph, label, times, weights) : values], y: output };
    }
    const logits = logitsFor(loss);
    const predictions = logits ?? output;
    const kind = logits === undefined ? loss.kernel : (loss.fused?.kernel ?? loss.kernel);
    const { values, gradient, probabilities } = recordLoss(loss, { predictions, weights }, kind, [
      'values',
      ...(training ? (['gradient'] as const) : []),
      ...(logits === undefined ? [] : (['probabilities'] as const)),
    ]);
    // the loss has computed them from the logits anyway
    return { values, seed: [predictions, gradient], y: logits === undefined ? output : probabilities };
  };
  const { values, seed, y } = recordOwn();
  for (const { key, kernel, loss: own, reduction, finish, record, weighted } of metrics) {
    const label = prefix + key;
    const counting = weighted ? weights : undefined;
    if (record !== undefined) {
      record(graph, label, { yTrue: targets, yPred: y, weights: counting }, { times, cols });
      continue;
    }
    const z = own && own.trace === undefined ? logitsFor(own) : undefined;
    const ofLoss = z === undefined ? kernel : (own?.fused?.kernel ?? kernel);
    const numbers = { kind: kernel, times, cols, threshold: 0.5 };
    const each =
      own === undefined
        ? graph.add(losses.accuracy, label, { predictions: y, targets }, numbers)
        : own.trace !== undefined
          ? { values: own.trace.values(label, targets, y, times) }
          : recordLoss(own, { predictions: z ?? y }, ofLoss, ['values']);
    const adds = { total: graph.total(label, finish), times, reduction, ignoreClass: own?.ignoreClass ?? 0 };
    graph.add(losses.addMetric, label, { values: each.values, targets, weights: counting }, adds);
  }
  return { values, seed };
}

/** The output of a head among the recorded values, and the layer that made it. */
export function outputFor({ network }: Built, { index }: Head, recorded: readonly Value[]) {
  const number = network.outputs[index] ?? 0;
  const output = recorded[number];
  if (output === undefined) throw new Error(`there is no output ${index}`);
  return { output, last: network.calls[number - network.inputs.length]?.layer };
}
