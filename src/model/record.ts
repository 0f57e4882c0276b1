/** Records the three programs of a model: a training step, an evaluation step, a prediction step. */

import { broughtBy } from '../custom-loss.ts';
import type { Scope } from '../engine/memory.ts';
import type { Program } from '../engine/program.ts';
import { differentiate } from '../graph/differentiate.ts';
import { Graph, type Value } from '../graph/graph.ts';
import { lower } from '../graph/lower.ts';
import { gather } from '../graph/operations/gather.ts';
import * as losses from '../graph/operations/losses.ts';
import { add, copy } from '../graph/operations/sum.ts';
import type { Layer, Weight } from '../layers/layer.ts';
import { fixedOf, numberOf } from '../ops/result.ts';
import { SymbolicValue } from '../ops/symbolic.ts';
import type { Spot } from '../optimizers/blocks.ts';
import type { Optimizer } from '../optimizers/optimizer.ts';
import type { RowUpdates } from '../optimizers/slots.ts';
import { sizeOf } from '../validate.ts';
import type { Head } from './heads.ts';
import { recordNetwork } from './network.ts';
import type { Built } from './parameters.ts';
import { flags, type Gathered, gatherTargets, outputFor, recordHead, scaleLoss } from './record-head.ts';
import type { Placed, PlacedInputs } from './samples.ts';
import { type ByRows, hook } from './sparse-hook.ts';

/** The options of `compile` for recording. */
export interface Compiled {
  readonly heads: readonly Head[];
  readonly optimizer: Optimizer;
  /** Where to put the gradient of each trained weight but those of `byRows`. */
  readonly gradientOf: ReadonlyMap<Weight, number>;
  readonly byRows: ByRows;
  /** Where the gradient and the slots of each weight are. */
  readonly placed: ReadonlyMap<Weight, Spot>;
  /** Layers that were frozen when the model was compiled. */
  readonly frozen: ReadonlySet<Layer>;
}

const gatherInputs = (graph: Graph, { network }: Built, data: readonly PlacedInputs[]): readonly Value[] =>
  data.map((one, i) => {
    if ('sparse' in one) return one.sparse(graph, network.outputs.includes(i));
    const { x, bytes, divisor } = one;
    const { name = 'x', shape = [] } = network.inputs[i] ?? {};
    return gather(graph, `gather ${name}`, x, shape, bytes, divisor);
  });

/** Only trained weights have penalties, as in Keras. */
function recordPenalties(graph: Graph, { all }: Built, { gradientOf }: Compiled, training: boolean): void {
  for (const { layer, weight } of all) {
    const { name, shape, regularizer } = weight;
    const gradient = gradientOf.get(weight);
    if (regularizer === undefined || typeof regularizer === 'function' || gradient === undefined) continue;
    const { l1, l2 } = regularizer;
    const numbers = { gradient: training ? gradient : 0, n: sizeOf(shape), l1, l2 };
    graph.add(losses.penalty, `${layer.name} ${name} penalty`, { w: graph.weight(weight) }, numbers);
  }
}

/** Records penalties that are users' functions; `seeds` receives the gradients with which their backward pass begins. */
function recordOwnPenalties(graph: Graph, { all }: Built, { gradientOf }: Compiled, seeds: Map<Value, Value>): void {
  for (const { layer, weight } of all) {
    const { name, regularizer } = weight;
    if (typeof regularizer !== 'function' || !gradientOf.has(weight)) continue;
    const label = `${layer.name} ${name} penalty`;
    const value = numberOf(label, graph, regularizer(new SymbolicValue(graph.weight(weight))));
    seeds.set(value, broughtBy(label, graph).penalize(graph, label, value));
  }
}

/**
 * Records the backward pass to the weights, and puts their gradients where the optimizer reads them. Returns the updates of the kernels of which it
 * updates single rows; `recorded` are the values of the model.
 */
function recordBackward(
  graph: Graph,
  built: Built,
  compiled: Compiled,
  seeds: ReadonlyMap<Value, Value>,
  recorded: readonly Value[],
  from = 0,
): readonly RowUpdates[] | undefined {
  const { gradientOf } = compiled;
  const weights = [...gradientOf.keys()];
  const products = hook.sparse?.products(graph, built, compiled, recorded);
  const of = weights.map((weight) => graph.weight(weight));
  const gradients = differentiate(graph, seeds, [...of, ...(products?.of ?? [])], from);
  for (const weight of weights) {
    let gradient = gradients.get(graph.weight(weight));
    if (gradient === undefined) throw new Error(`the loss does not depend on the weight ${weight.name}`);
    // copies a gradient that is not exclusive to this weight
    if (gradient.node === undefined || gradient.base !== undefined || gradient.address !== undefined)
      gradient = copy(graph, weight.name, gradient);
    gradient.address = gradientOf.get(weight);
  }
  return products?.updates(gradients);
}

/** Records what the constraints make of the weights that have just been updated. */
function recordConstraints(graph: Graph, { all }: Built, { gradientOf }: Compiled): void {
  for (const { layer, weight } of all) {
    const { name, shape, address, constraint } = weight;
    if (constraint === undefined || !gradientOf.has(weight)) continue;
    const label = `${layer.name} ${name} constraint`;
    const value = graph.weight(weight);
    const kept =
      typeof constraint === 'function'
        ? fixedOf(label, graph, constraint(new SymbolicValue(value)), shape)
        : constraint.trace(label, value);
    copy(graph, label, kept).address = address;
  }
}

/** Where the backward pass begins: adds a gradient to what is there. */
function addSeed(graph: Graph, seeds: Map<Value, Value>, label: string, [at, gradient]: readonly [Value, Value]): void {
  const before = seeds.get(at);
  seeds.set(at, before === undefined ? gradient : add(graph, label, before, gradient));
}

/**
 * Records the gradients of the same batch once more, for weights that have been changed meanwhile: with the same random numbers, but
 * without losses, metrics and moving statistics, which are those of the first pass.
 * `total` receives the loss; 0 for none.
 */
function recordAgain(
  graph: Graph,
  built: Built,
  compiled: Compiled,
  inputs: readonly Value[],
  gathered: readonly Gathered[],
  total: number,
): void {
  const from = graph.nodes.length;
  const { seeds: seed, network } = built;
  graph.draws = 0;
  // penalties begin at 0 again
  for (const one of gathered.slice(0, 1)) scaleLoss(graph, one, one.head.weight, false);
  const recorded = recordNetwork(network, inputs, { training: true, again: true, seeds: seed }, compiled.frozen);
  const seeds = new Map<Value, Value>();
  for (const one of gathered) {
    const { head, weights, times } = one;
    scaleLoss(graph, one, head.weight, true);
    const { output, last } = outputFor(built, head, recorded);
    const unmeasured = { ...one, head: { ...head, metrics: [] } };
    const { seed: begun, values } = recordHead(graph, unmeasured, output, last, true);
    addSeed(graph, seeds, head.prefix, begun);
    if (total !== 0) graph.add(losses.addLoss, `${head.prefix}loss`, { values, weights }, { total, times, flags: 0 });
  }
  recordOwnPenalties(graph, built, compiled, seeds);
  recordBackward(graph, built, compiled, seeds, recorded, from);
  recordPenalties(graph, built, compiled, true);
  if (total !== 0) graph.add(losses.addLoss, 'loss', {}, { total, times: 1, flags });
}

/**
 * A step with a loss: gather, forward, losses, metrics; then, in `training`, backward and the optimizer's update.
 * Penalties come before the loss is added up and before anything is updated.
 */
export function recordStep(
  built: Built,
  compiled: Compiled,
  scope: Scope,
  data: Placed,
  batchSize: number,
  training: boolean,
): Program {
  const { heads, optimizer, gradientOf } = compiled;
  const { network } = built;
  const graph = new Graph(built.engine, scope, batchSize);
  const gathered = heads.map((head, i) => gatherTargets(graph, built, head, data.targets[i] ?? { y: 0, weights: 0 }));
  const [only, ...others] = gathered;
  if (only === undefined) throw new Error('a step needs a loss');
  scaleLoss(graph, only, only.head.weight, false);

  const inputs = gatherInputs(graph, built, data.inputs);
  const recorded = recordNetwork(network, inputs, { training, seeds: built.seeds }, compiled.frozen);
  // with one loss the total comes last, like its key in the logs
  const early = others.length > 0 ? graph.total('loss') : 0;
  // of this batch alone, for a search
  const found = training && optimizer.spec.rule.searches === true ? graph.block(16) : 0;
  const seeds = new Map<Value, Value>();
  const each = gathered.map((one) => {
    const { head, weights, times } = one;
    if (others.length > 0) scaleLoss(graph, one, head.weight, true);
    const { output, last } = outputFor(built, head, recorded);
    const { values, seed } = recordHead(graph, one, output, last, training);
    if (training) addSeed(graph, seeds, head.prefix, seed);
    if (others.length > 0) {
      // the total includes the weight of the loss, the history does not
      for (const total of [early, found])
        if (total !== 0)
          graph.add(losses.addLoss, `${head.prefix}loss`, { values, weights }, { total, times, flags: 0 });
      scaleLoss(graph, one, 1, true);
      const own = graph.total(`${head.prefix}loss`);
      graph.add(
        losses.addLoss,
        `${head.prefix}loss`,
        { values, weights },
        { total: own, times, flags: losses.WITH_ROWS },
      );
    }
    return { values, weights, times, name: head.loss.name };
  });

  recordOwnPenalties(graph, built, compiled, seeds);
  const rows = training ? recordBackward(graph, built, compiled, seeds, recorded) : undefined;
  recordPenalties(graph, built, compiled, training);
  const whole = early || graph.total('loss');
  const [{ values, weights, times, name } = { times: 1, name: 'loss' }] = others.length > 0 ? [] : each;
  for (const total of [whole, found])
    if (total !== 0) graph.add(losses.addLoss, `${name} total`, { values, weights }, { total, times, flags });
  if (training && compiled.placed.size > 0) {
    const weights = [...gradientOf].map(([weight, at]) => ({
      w: graph.weight(weight),
      g: graph.memory(weight.shape, at),
    }));
    const again = (): void => recordAgain(graph, built, compiled, inputs, gathered, found);
    optimizer.ascent?.(graph, weights, again);
    optimizer.record(graph, rows, { total: found, value: 0, again });
    recordConstraints(graph, built, compiled);
  }
  return lower(graph);
}

/** Only a forward step; `outputs` says where to put the values with these numbers. */
export function recordPrediction(
  built: Built,
  scope: Scope,
  data: readonly PlacedInputs[],
  batchSize: number,
  numbers: readonly number[],
): { program: Program; outputs: readonly number[] } {
  const graph = new Graph(built.engine, scope, batchSize);
  // penalties of outputs have no meaning here, and nothing resets or reads them
  const inputs = gatherInputs(graph, built, data);
  const recorded = recordNetwork(built.network, inputs, { training: false, seeds: built.seeds });
  const outputs = numbers.map((number) => recorded[number]).filter((value) => value !== undefined);
  for (const value of outputs) graph.kept.add(value);
  const program = lower(graph);
  return { program, outputs: outputs.map((value) => value.root.address ?? 0) };
}
