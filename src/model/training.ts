/** The state that `compile` makes once the input's shape is known: gradients, the optimizer's slots and state. */
import type { Scope } from '../engine/memory.ts';
import type { Engine } from '../engine/runtime.ts';
import type { Layer, Weight } from '../layers/layer.ts';
import type { Loss } from '../losses.ts';
import type { Optimizer } from '../optimizers/optimizer.ts';
import { oneByOne, type ParameterBlock, type ParameterRun, placeSlots, strideOf } from '../optimizers/slots.ts';
import { Tensor, toArrayData } from '../tensor.ts';
import { sizeOf } from '../validate.ts';
import { type Head, headsOf } from './heads.ts';
import type { CheckedOptions, ModelData, NamedWeight } from './options.ts';
import { type Built, type ModelWeight, spaceOf } from './parameters.ts';
import type { Compiled } from './record.ts';
import { arraysOf } from './samples.ts';

/** Gradients, slots and the optimizer's state live in `scope`. */
export interface Training extends Compiled {
  readonly options: CheckedOptions;
  readonly scope: Scope;
  readonly block: ParameterBlock;
  /** Addresses of each weight's slots, 0 for one that it has not. */
  readonly placed: ReadonlyMap<Weight, readonly number[]>;
  /** Views of gradients and slots. */
  readonly gradients: readonly NamedWeight[];
  readonly slots: readonly NamedWeight[];
}

/** A trained weight, and its place in the blocks of gradients and slots, in floats. */
interface Trained extends ModelWeight {
  readonly at: number;
}

/** Views of the gradients, one for each weight. */
const gradientsOf = (engine: Engine, trained: readonly Trained[], block: number): NamedWeight[] =>
  trained.map(({ name, shape, at }) =>
    Object.freeze({ name, tensor: new Tensor(engine, 'float32', shape, block + at * 4, false) }),
  );

/** Views of the slots: slot by slot, each for the weights that have it. */
function slotsOf(
  engine: Engine,
  optimizer: Optimizer,
  trained: readonly Trained[],
  placed: ReadonlyMap<Weight, readonly number[]>,
): NamedWeight[] {
  return optimizer.spec.slots.flatMap((slot, k) =>
    trained.flatMap(({ name, shape, weight }) => {
      const own = optimizer.slotShape(slot, shape, name);
      if (own === undefined) return [];
      const tensor = new Tensor(engine, 'float32', own, placed.get(weight)?.[k] ?? 0, false);
      return [Object.freeze({ name: `${name}/${slot}`, tensor })];
    }),
  );
}

/** The weights that training changes, consecutively. */
function trainedOf({ all }: Built): readonly Trained[] {
  let at = 0;
  return all
    .filter(({ layer, weight }) => layer.trainable && weight.trainable)
    .map((one) => {
      const placed = { ...one, at };
      at += spaceOf(one);
      return placed;
    });
}

/** @throws Error for a trainable layer that leads to no output with a loss. */
function checkReached({ network }: Built, heads: readonly Head[], trained: readonly Trained[]): void {
  const { inputs, calls, outputs } = network;
  const needed = new Set(heads.map(({ index }) => outputs[index] ?? 0));
  const reached = new Set<Layer>();
  for (let number = inputs.length + calls.length - 1; number >= inputs.length; number--) {
    const call = calls[number - inputs.length];
    if (call === undefined || !needed.has(number)) continue;
    for (const input of call.inputs) needed.add(input);
    reached.add(call.layer);
  }
  const lost = trained.find(({ layer }) => !reached.has(layer));
  if (lost === undefined) return;
  throw new Error(
    `no loss depends on the weights of ${lost.path}: give an output that it leads to a loss, or set trainable to false`,
  );
}

/** Runs of weights that are contiguous in memory: one, if nothing is frozen, shared with another model or excluded from decay; or weight by weight. */
function runsOf(
  trained: readonly Trained[],
  optimizer: Optimizer,
  gradients: number,
  placed: ReadonlyMap<Weight, readonly number[]>,
  length: number,
): ParameterRun[] {
  const runs: (Omit<ParameterRun, 'length'> & { length: number })[] = [];
  const apart = oneByOne(optimizer);
  for (const one of trained) {
    const { weight, shape } = one;
    const undecayed = !optimizer.decays(one.name);
    const run = runs.at(-1);
    const adjacent = run !== undefined && weight.address === run.parameters + run.length * 4;
    if (!apart && adjacent && undecayed === run.undecayed) run.length += spaceOf(one);
    else
      runs.push({
        parameters: weight.address,
        gradient: gradients + one.at * 4,
        length: apart ? sizeOf(shape) : spaceOf(one),
        slots: placed.get(weight) ?? [],
        stride: strideOf(optimizer, one, length),
        shape,
        undecayed,
      });
  }
  return runs;
}

/** Frees the state; releases the optimizer, unless it is to be `kept`. */
export function releaseTraining(training: Training, owner: object, kept?: Optimizer): void {
  const { scope, gradients, slots, optimizer } = training;
  for (const { tensor } of [...gradients, ...slots]) tensor.release();
  if (optimizer !== kept) optimizer.release(owner);
  scope.dispose();
}

/** Whether `previous` trained exactly the weights to be trained now. */
function sameWeights({ gradientOf }: Training, built: Built): boolean {
  const trained = trainedOf(built);
  return trained.length === gradientOf.size && trained.every(({ weight }) => gradientOf.has(weight));
}

/** Copies the slots of weights that `previous` has trained too. */
function copySlots(
  engine: Engine,
  previous: Training,
  trained: readonly Trained[],
  placed: ReadonlyMap<Weight, readonly number[]>,
  optimizer: Optimizer,
): void {
  for (const { weight, shape, name } of trained)
    for (const [k, from] of (previous.placed.get(weight) ?? []).entries()) {
      const own = optimizer.slotShape(optimizer.spec.slots[k] ?? '', shape, name);
      if (own === undefined) continue;
      engine.f32(placed.get(weight)?.[k] ?? 0, sizeOf(own)).set(engine.f32(from, sizeOf(own)));
    }
}

/** The heads of the model, whose outputs must suit their losses. `fit` may change a loss for the given data. */
function headsFor(
  { network }: Built,
  options: CheckedOptions,
  outputNames: readonly string[],
  fit: (loss: Loss, index: number) => Loss = (loss) => loss,
): readonly Head[] {
  const cols = network.outputs.map((number) => network.shapes[number]?.at(-1));
  const heads = headsOf(options, outputNames, cols, fit);
  for (const { index, loss } of heads) {
    const output = network.outputs[index] ?? 0;
    if (cols[index] === undefined)
      throw new RangeError(`${outputNames[index]}: an output must have an axis beside the batch to have a loss`);
    const last = network.calls[output - network.inputs.length]?.layer;
    if (loss.fused !== undefined && last?.activation?.name === 'linear')
      throw new RangeError(
        `${loss.name} takes probabilities, and the last layer gives any numbers: give it the activation '${loss.fused.activation}', or take losses.${loss.name}({ fromLogits: true })`,
      );
  }
  return heads;
}

/** The heads for these targets: `'crossentropy'` is one of three losses, depending on the data. */
export function fittingTo(
  built: Built,
  outputNames: readonly string[],
  { heads, options }: Training,
  of: string,
  y: ModelData,
): readonly Head[] {
  if (heads.every(({ loss }) => loss.sparse !== undefined)) return heads;
  const names = heads.map(({ index }) => outputNames[index] ?? '');
  const targets = arraysOf(`${of}y`, y, names).map((one) => toArrayData(`${of}y`, one).shape);
  const { network } = built;
  return headsFor(built, options, outputNames, (loss, index) => {
    const at = heads.findIndex((head) => head.index === index);
    const output = network.shapes[network.outputs[index] ?? 0] ?? [];
    return loss.fitting([0, ...output], targets[at] ?? []);
  });
}

/** Binds the optimizer to `owner` and makes what it needs; if that fails, `previous` stays as it was, else it is freed. */
export function prepareTraining(
  owner: object,
  built: Built,
  outputNames: readonly string[],
  options: CheckedOptions,
  previous: Training | undefined,
): Training {
  const { engine } = built;
  const { optimizer } = options;
  const heads = headsFor(built, options, outputNames);
  const frozen = new Set(built.network.leaves.map(({ layer }) => layer).filter((layer) => !layer.trainable));
  // as in Keras, the same optimizer keeps its slots and iterations
  if (previous?.optimizer === optimizer && sameWeights(previous, built)) return { ...previous, options, heads, frozen };
  const scope = engine.scope();
  const trained = trainedOf(built);
  checkReached(built, heads, trained);
  const length = trained.reduce((sum, one) => sum + spaceOf(one), 0);
  try {
    const gradients = scope.allocate(length * 4);
    const { floats, places } = placeSlots(optimizer, trained, length);
    const slots = scope.allocate(floats * 4);
    const placed = new Map(
      trained.map(({ weight }, i) => [weight, (places[i] ?? []).map((at) => (at < 0 ? 0 : slots + at * 4))]),
    );
    const runs = runsOf(trained, optimizer, gradients, placed, length);
    optimizer.fillSlots(engine, runs);
    const { calls, momentumProduct } = optimizer;
    const pieces = trained.map(({ shape, at }) => ({ gradient: gradients + at * 4, length: sizeOf(shape) }));
    const block = { gradients, length, runs, pieces };
    optimizer.bind(owner, engine, scope, block);
    if (previous?.optimizer === optimizer) {
      // other weights are trained from now on: those trained before keep their slots
      optimizer.restore(calls, momentumProduct);
      copySlots(engine, previous, trained, placed, optimizer);
    }
    if (previous !== undefined) releaseTraining(previous, owner, optimizer);
    const gradientOf = new Map(trained.map(({ weight, at }) => [weight, gradients + at * 4]));
    return {
      options,
      heads,
      optimizer,
      scope,
      gradientOf,
      frozen,
      block,
      placed,
      gradients: Object.freeze(gradientsOf(engine, trained, gradients)),
      slots: Object.freeze(slotsOf(engine, optimizer, trained, placed)),
    };
  } catch (error) {
    scope.dispose();
    throw error;
  }
}
