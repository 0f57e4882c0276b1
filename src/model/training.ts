/** The state that `compile` makes once the input's shape is known: gradients, the optimizer's slots and state. */
import type { Scope } from '../engine/memory.ts';
import type { Engine } from '../engine/runtime.ts';
import type { Layer, Shape, Weight } from '../layers/layer.ts';
import type { Loss } from '../loss.ts';
import { makeBlocks, type Spot } from '../optimizers/blocks.ts';
import type { Optimizer } from '../optimizers/optimizer.ts';
import { slotsOf } from '../optimizers/slots.ts';
import { Tensor, toArrayData } from '../tensor.ts';
import { sizeOf } from '../validate.ts';
import { type Head, headsOf } from './heads.ts';
import type { CheckedOptions, ModelData, NamedWeight } from './options.ts';
import type { Built, ModelWeight } from './parameters.ts';
import type { Compiled } from './record.ts';
import { arraysOf } from './samples.ts';
import { type ByRows, hook } from './sparse-hook.ts';

/** Gradients, slots and the optimizer's state live in `scope`. */
export interface Training extends Compiled {
  readonly options: CheckedOptions;
  readonly scope: Scope;
  /** Whether data have decided about `byRows`. */
  readonly decided: boolean;
  /** Views of gradients and slots. */
  readonly gradients: readonly NamedWeight[];
  readonly slots: readonly NamedWeight[];
}

/** A view for users; what lies there belongs to the scope. */
const viewOf = (engine: Engine, name: string, shape: Shape, address: number): NamedWeight =>
  Object.freeze({ name, tensor: new Tensor(engine, 'float32', shape, address, false) });

/** The weights that training changes. */
const trainedOf = ({ all }: Built): readonly ModelWeight[] =>
  all.filter(({ layer, weight }) => layer.trainable && weight.trainable);

/** @throws Error for a trainable layer that leads to no output with a loss. */
function checkReached({ network }: Built, heads: readonly Head[], trained: readonly ModelWeight[]): void {
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

/** Frees the state; releases the optimizer, unless it is to be `kept`. */
export function releaseTraining(training: Training, owner: object, kept?: Optimizer): void {
  const { scope, gradients, slots, optimizer } = training;
  for (const { tensor } of [...gradients, ...slots]) tensor.release();
  for (const part of optimizer.parts)
    if (kept?.parts.some((one) => one.sharesState(part)) !== true) part.release(owner);
  scope.dispose();
}

/** Whether `previous` trained exactly the weights to be trained now. */
function sameWeights({ placed }: Training, built: Built): boolean {
  const trained = trainedOf(built);
  return trained.length === placed.size && trained.every(({ weight }) => placed.has(weight));
}

/** Copies the slots of weights that `previous` has trained too. */
function copySlots(
  engine: Engine,
  previous: Training,
  trained: readonly ModelWeight[],
  placed: ReadonlyMap<Weight, Spot>,
  optimizer: Optimizer,
): void {
  for (const { weight, k, shape } of slotsOf(optimizer, trained)) {
    const [from, to] = [previous, { placed }].map((one) => one.placed.get(weight.weight)?.slots[k] ?? 0);
    if (from && to) engine.f32(to, sizeOf(shape)).set(engine.f32(from, sizeOf(shape)));
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

/**
 * Binds the optimizer to `owner` and makes what it needs; if that fails, `previous` stays as it was, else it is freed. `decided` are the kernels
 * that data let it update row by row; before there are data, those have no gradients that it may.
 */
export function prepareTraining(
  owner: object,
  built: Built,
  outputNames: readonly string[],
  options: CheckedOptions,
  previous: Training | undefined,
  decided?: ByRows,
): Training {
  const { engine } = built;
  const { optimizer } = options;
  const heads = headsFor(built, options, outputNames);
  const before = decided === undefined ? undefined : previous;
  const frozen =
    before?.frozen ?? new Set(built.network.leaves.map(({ layer }) => layer).filter((layer) => !layer.trainable));
  // as in Keras, the same optimizer keeps its slots and iterations
  if (previous?.optimizer === optimizer && sameWeights(previous, built) && decided === undefined)
    return { ...previous, options, heads, frozen };
  const scope = engine.scope();
  // what has been compiled stays, whatever layers are to be trained from the next time on
  const trained = before === undefined ? trainedOf(built) : built.all.filter(({ weight }) => before.placed.has(weight));
  checkReached(built, heads, trained);
  optimizer.checkNames(built.all.map(({ name }) => name));
  try {
    const byRows = decided ?? hook.sparse?.byRows(built, optimizer, trained) ?? new Map();
    const weights = trained.map(({ name, shape, weight }) => ({
      name,
      shape,
      address: weight.address,
      byRows: byRows.has(weight),
    }));
    const { blocks, spots } = makeBlocks(engine, scope, optimizer, weights, false);
    const spotOf = (i: number): Spot => spots[i] ?? { gradient: 0, slots: [] };
    const placed = new Map(trained.map(({ weight }, i) => [weight, spotOf(i)]));
    const { counters } = optimizer;
    optimizer.bind(owner, engine, scope, blocks);
    if (previous?.optimizer === optimizer) {
      // other weights are trained from now on: those trained before keep their slots
      optimizer.restore(counters);
      copySlots(engine, previous, trained, placed, optimizer);
    }
    if (previous !== undefined) releaseTraining(previous, owner, optimizer);
    const whole = trained.filter(({ weight }) => !byRows.has(weight));
    const gradientOf = new Map(whole.map(({ weight }) => [weight, placed.get(weight)?.gradient ?? 0]));
    const gradients = whole.map(({ name, shape, weight }) => viewOf(engine, name, shape, gradientOf.get(weight) ?? 0));
    const slots = slotsOf(optimizer, trained).map(({ weight: { weight }, k, name, shape }) =>
      viewOf(engine, name, shape, placed.get(weight)?.slots[k] ?? 0),
    );
    return {
      options,
      heads,
      optimizer,
      scope,
      gradientOf,
      byRows,
      decided: decided !== undefined || byRows.size === 0,
      frozen,
      placed,
      gradients: Object.freeze(gradients),
      slots: Object.freeze(slots),
    };
  } catch (error) {
    scope.dispose();
    throw error;
  }
}
