/** Records the three programs of a model: a training step, an evaluation step, a prediction step. */
import type { Scope } from '../engine/memory.ts';
import type { Program } from '../engine/program.ts';
import { differentiate } from '../graph/differentiate.ts';
import { Graph, type Value } from '../graph/graph.ts';
import { lower } from '../graph/lower.ts';
import { activation } from '../graph/operations/activation.ts';
import { gather } from '../graph/operations/gather.ts';
import * as losses from '../graph/operations/losses.ts';
import { copy } from '../graph/operations/sum.ts';
import type { Weight } from '../layers/layer.ts';
import type { Loss } from '../losses.ts';
import type { BoundMetric } from '../metrics.ts';
import type { Optimizer, ParameterBlock } from '../optimizers/optimizer.ts';
import { sizeOf } from '../validate.ts';
import { recordNetwork } from './network.ts';
import type { Built } from './parameters.ts';
import type { Placed, PlacedInputs } from './samples.ts';

/** What a model was compiled with. */
export interface Compiled {
  readonly loss: Loss;
  readonly metrics: readonly BoundMetric[];
  readonly optimizer: Optimizer;
  /** Where the gradient of each weight goes that is trained. */
  readonly gradientOf: ReadonlyMap<Weight, number>;
}

/** Gathers the inputs and records the calls of layers; returns all values by their numbers. */
function recordLayers(
  graph: Graph,
  { network, inputShape, seeds }: Built,
  { x: source, bytes, divisor }: PlacedInputs,
  training: boolean,
): readonly Value[] {
  const x = gather(graph, 'gather x', source, inputShape, bytes, divisor);
  return recordNetwork(network, [x], { training, seeds });
}

/** Penalties are those of the weights that are trained, as in Keras. */
function recordPenalties(graph: Graph, { all }: Built, { gradientOf }: Compiled, training: boolean): void {
  for (const { layer, weight } of all) {
    const { name, shape, regularizer } = weight;
    const gradient = gradientOf.get(weight);
    if (regularizer === undefined || gradient === undefined) continue;
    const { l1, l2 } = regularizer;
    const numbers = { gradient: training ? gradient : 0, n: sizeOf(shape), l1, l2 };
    graph.add(losses.penalty, `${layer.name} ${name} penalty`, { w: graph.weight(weight) }, numbers);
  }
}

/** Records the way back to the weights, whose gradients go where the optimizer reads them. */
function recordBackward(graph: Graph, gradientOf: ReadonlyMap<Weight, number>, seeds: ReadonlyMap<Value, Value>): void {
  const weights = [...gradientOf.keys()];
  const gradients = differentiate(
    graph,
    seeds,
    weights.map((weight) => graph.weight(weight)),
  );
  for (const weight of weights) {
    let gradient = gradients.get(graph.weight(weight));
    if (gradient === undefined) throw new Error(`the loss does not depend on the weight ${weight.name}`);
    // what is not there for this weight alone is copied
    if (gradient.node === undefined || gradient.base !== undefined || gradient.address !== undefined)
      gradient = copy(graph, weight.name, gradient);
    gradient.address = gradientOf.get(weight);
  }
}

/**
 * A step with a loss: gather, forward, loss, metrics; then, when `block` is given, backward and the optimizer's update.
 * Penalties come before the loss is added up and before anything is updated.
 */
export function recordStep(
  built: Built,
  compiled: Compiled,
  scope: Scope,
  data: Placed,
  batchSize: number,
  block?: ParameterBlock,
): Program {
  const { loss, metrics, optimizer, gradientOf } = compiled;
  const { layers, network, outputShape } = built;
  const training = block !== undefined;
  const graph = new Graph(built.engine, scope, batchSize);
  const cols = outputShape.at(-1) ?? 1;
  const times = sizeOf(outputShape) / cols;

  const targets = gather(graph, 'gather y', data.y, loss.sparse ? [times] : [times, cols]);
  const weights = data.weights === 0 ? undefined : gather(graph, 'gather sample weights', data.weights, [times]);
  const { reductionCode, ignoreClass } = loss;
  graph.add(losses.lossScale, 'loss scale', { targets, weights }, { reduction: reductionCode, times, ignoreClass });

  const output = recordLayers(graph, built, data, training)[network.outputs[0] ?? 0];
  if (output === undefined) throw new Error('a model needs layers');
  const last = layers.at(-1);
  /** The logits behind the output, where `of` takes them instead of the softmax or sigmoid at the end: unless somebody else looks at that. */
  const logitsFor = (of: Loss): Value | undefined => {
    const ends = last?.activityRegularizer === undefined && last?.activation?.name === of.fused?.activation;
    return ends && output.node?.operation === activation ? output.node.inputs.x : undefined;
  };
  const recordLoss = (
    of: Loss,
    inputs: { readonly predictions: Value; weights?: Value | undefined },
    kind: number,
    wanted: readonly ('values' | 'gradient' | 'probabilities')[],
  ) =>
    graph.add(
      losses.loss,
      of.name,
      { ...inputs, targets },
      { kind, times, cols, parameter: of.parameter, ignoreClass: of.ignoreClass },
      wanted,
    );

  const logits = logitsFor(loss);
  const predictions = logits ?? output;
  const kind = logits === undefined ? loss.kernel : (loss.fused?.kernel ?? loss.kernel);
  const { values, gradient, probabilities } = recordLoss(loss, { predictions, weights }, kind, [
    'values',
    ...(training ? (['gradient'] as const) : []),
    ...(logits === undefined ? [] : (['probabilities'] as const)),
  ]);
  // the loss has made them of the logits anyway
  const y = logits === undefined ? output : probabilities;
  for (const { key, kernel, loss: own, reduction } of metrics) {
    const z = own && logitsFor(own);
    const each =
      own === undefined
        ? graph.add(losses.accuracy, key, { predictions: y, targets }, { kind: kernel, times, cols, threshold: 0.5 })
        : recordLoss(own, { predictions: z ?? y }, z === undefined ? kernel : (own.fused?.kernel ?? kernel), [
            'values',
          ]);
    const numbers = { total: graph.total(key), times, reduction, ignoreClass: own?.ignoreClass ?? 0 };
    graph.add(losses.addMetric, key, { values: each.values, targets }, numbers);
  }

  if (training) recordBackward(graph, gradientOf, new Map([[predictions, gradient]]));
  recordPenalties(graph, built, compiled, training);
  graph.add(losses.addLoss, `${loss.name} total`, { values, weights }, { total: graph.total('loss'), times });
  if (block !== undefined && block.length > 0) optimizer.record(graph, block);
  return lower(graph);
}

/** A forward step alone; `outputs` are where the values with these numbers are. */
export function recordPrediction(
  built: Built,
  scope: Scope,
  data: PlacedInputs,
  batchSize: number,
  numbers: readonly number[],
): { program: Program; outputs: readonly number[] } {
  const graph = new Graph(built.engine, scope, batchSize);
  // penalties of outputs have no meaning here, and nothing resets or reads them
  const recorded = recordLayers(graph, built, data, false);
  const outputs = numbers.map((number) => recorded[number]).filter((value) => value !== undefined);
  for (const value of outputs) graph.kept.add(value);
  const program = lower(graph);
  return { program, outputs: outputs.map((value) => value.root.address ?? 0) };
}
