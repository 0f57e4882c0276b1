/**
 * The optimizer class: settings, state and slots in the core's memory once it is in use, and `apply` for gradients that do not come
 * from a model.
 *
 * One step, in Keras' order: clip the gradients, decay the weights, update them, count the iteration.
 */
import * as layout from '../../assembly/optimizers/layout.ts';
import { type Config, given } from '../config.ts';
import type { Binaries } from '../engine/load.ts';
import type { Scope } from '../engine/memory.ts';
import type { Engine } from '../engine/runtime.ts';
import type { Graph } from '../graph/graph.ts';
import { Printed } from '../printed.ts';
import type { Schedule } from '../schedules/schedule.ts';
import type { Tensor } from '../tensor.ts';
import { checkInteger, checkNumber, sizeOf } from '../validate.ts';
import type { OptimizerRule, OptionTable, Values } from './facts/rule.ts';
import type { OptimizerOptions } from './options.ts';
import { checkPairs, type GradientPair } from './pairs.ts';
import { recordUpdate } from './record.ts';
import { type ParameterBlock, type RowUpdates, slotShape } from './slots.ts';
import { type Ascent, type Spec, specOf, type Wrapper } from './spec.ts';
import type { Evaluation, Step } from './step.ts';
import { type Binding, Use } from './use.ts';

/** A wrapper, and the optimizer that it is around. @internal */
export interface Wrapping extends Wrapper {
  readonly of: Optimizer;
}

/** Steps done, and what they leave in the state: those of a saved optimizer. @internal */
export interface Counters {
  /** Steps, those that only accumulated gradients included. */
  readonly iterations: number;
  readonly momentumProduct: number;
  /** The same for each of several optimizers. */
  readonly parts?: readonly Counters[];
}

/** Not by its class, which only programs that name a schedule have. */
const isSchedule = (rate: number | Schedule): rate is Schedule => typeof Object(rate).place === 'function';

/** Steps are counted in float64, which can count to 2^53. @internal */
export function checkIterations(value: unknown): void {
  if (value !== 2 ** 53) checkInteger('iterations', value, 0);
}

/** An update rule. Made by the functions of `optimizers`; belongs to one model, or to the tensors it is applied to. */
export class Optimizer extends Printed {
  /** Name of the function that made it. */
  readonly name: string;
  /** See {@link OptimizerOptions.weightDecay}; undefined if none was given. */
  readonly weightDecay: number | undefined;
  /** See {@link OptimizerOptions.clipnorm}. */
  readonly clipnorm: number | undefined;
  /** See {@link OptimizerOptions.clipvalue}. */
  readonly clipvalue: number | undefined;
  /** See {@link OptimizerOptions.globalClipnorm}. */
  readonly globalClipnorm: number | undefined;
  /** Its rule with the values of all its own options. @internal */
  readonly spec: Spec;
  /** The schedule that the learning rate follows, if there is one. */
  readonly schedule: Schedule | undefined;
  readonly #options: OptimizerOptions;
  readonly #use: Use;
  readonly #wrapping: Wrapping | undefined;

  /** @internal */
  constructor(rule: OptimizerRule, options: OptimizerOptions, needs?: Binaries, step?: Step, wrapping?: Wrapping) {
    super();
    this.#options = options;
    this.#wrapping = wrapping;
    this.spec = specOf(rule, options, needs, step, wrapping?.slow);
    const { learningRate = rule.learningRate } = options;
    const constant = isSchedule(learningRate) ? 0 : learningRate;
    checkNumber('learningRate', constant, 0);
    this.schedule = isSchedule(learningRate) ? learningRate : undefined;
    this.name = wrapping?.name ?? rule.name;
    this.#use = wrapping === undefined ? new Use(constant) : wrapping.of.#use;
    this.weightDecay = options.weightDecay ?? rule.weightDecay;
    this.clipnorm = options.clipnorm || undefined;
    this.clipvalue = options.clipvalue || undefined;
    this.globalClipnorm = options.globalClipnorm || undefined;
    if (new.target === Optimizer) Object.freeze(this);
  }

  /** @internal */
  get [Symbol.toStringTag](): string {
    return 'Optimizer';
  }

  toString(): string {
    return `Optimizer ${this.name} ${JSON.stringify(this.toConfig().config)}`;
  }

  /**
   * Step size of the coming step. May be set at any time, also by a callback during training; with a schedule it is the schedule's
   * value, and setting it is an Error.
   */
  get learningRate(): number {
    if (this.schedule === undefined) return this.#use.learningRate;
    return this.#use.binding === undefined
      ? this.schedule.at(this.#use.calls)
      : this.#use.binding.engine.core.scheduledRate(this.#use.binding.schedule, this.calls);
  }

  /** Sets the step size of the coming step. @throws RangeError below 0; Error with a schedule. */
  set learningRate(value: number) {
    if (this.schedule !== undefined)
      throw new Error(
        `the learning rate of this ${this.name} optimizer follows ${this.schedule.name} and cannot be set`,
      );
    checkNumber('learningRate', value, 0);
    this.#use.learningRate = value;
  }

  /**
   * All options, defaults included, with the learning rate as it is now (or its schedule), as plain JSON; `configs.optimizerFrom`
   * makes another optimizer from it. Iterations and slots are not part of it.
   *
   * @example
   * ```ts
   * import { configs, optimizers } from 'simdescent';
   * const config = optimizers.sgd({ momentum: 0.9 }).toConfig();
   * configs.optimizerFrom(config);
   * ```
   */
  toConfig(): Config {
    const wrapping = this.#wrapping;
    if (wrapping === undefined) return this.described();
    return { className: this.name, config: { optimizer: { ...wrapping.of.toConfig() }, ...wrapping.config } };
  }

  /** The same without what is around it. @internal */
  protected described(): Config {
    const { schedule, weightDecay, clipnorm, clipvalue, globalClipnorm } = this;
    const learningRate = schedule?.toConfig() ?? this.learningRate;
    const common = { learningRate, weightDecay, clipnorm, clipvalue, globalClipnorm };
    const { own, further } = this.spec;
    return { className: this.name, config: given({ ...common, ...further, ...own }) };
  }

  /** Updates done. Bias corrections follow from it; slots do not. With `gradientAccumulationSteps`, one for so many steps. */
  get iterations(): number {
    return Math.floor(this.calls / (this.spec.further.gradientAccumulationSteps ?? 1));
  }

  /** Steps done, those that only accumulated gradients included. @internal */
  get calls(): number {
    return this.#use.calls;
  }

  /** @internal */
  set calls(value: number) {
    this.#use.calls = value;
  }

  /** Continues as if that many steps were done. @throws RangeError for anything but an integer from 0 to 2^53. */
  set iterations(value: number) {
    checkIterations(value);
    const calls = value * (this.spec.further.gradientAccumulationSteps ?? 1);
    checkIterations(calls);
    this.calls = calls;
  }

  /** Nadam's product of the momenta of all steps done, for its bias correction; 1 at iteration 0 and for all other optimizers. */
  get momentumProduct(): number {
    return this.#use.momentumProduct;
  }

  /**
   * One step: updates each parameter in place from its gradient. A parameter gets its slots at its first step, and keeps them.
   *
   * @param pairs `[parameter, gradient]`, float32 tensors of equal shape of one runtime; gradients are not changed
   * @throws RangeError if shapes differ or nothing is given, Error if the optimizer belongs to a model.
   * @example
   * ```ts
   * import { optimizers, tensor } from 'simdescent';
   * const w = tensor([4], [1, -2, 0.5, 3]);
   * const g = tensor([4], [0.5, -1, 0, 2]);
   * const optimizer = optimizers.nadam({ learningRate: 0.125 });
   * optimizer.apply([[w, g]]);
   * optimizer.dispose();
   * ```
   */
  apply(pairs: readonly GradientPair[]): void {
    const engine = checkPairs(pairs);
    const { owner = this, engine: home = engine } = this.#use.binding ?? {};
    if (owner !== this) throw new Error(`this ${this.name} optimizer belongs to a model`);
    if (home !== engine) throw new Error(`this ${this.name} optimizer is in use with another runtime`);
    const { excludeFromWeightDecay, excludeLayers } = this.spec.further;
    if (this.reevaluates)
      throw new Error(`${this.name} needs the gradients of other weights, too: use a model or compileStep`);
    if ((excludeFromWeightDecay ?? excludeLayers) !== undefined)
      throw new Error(
        'excludeFromWeightDecay and excludeLayers go by names, which tensors have not: use a model or compileStep',
      );
    const first = this.#use.binding === undefined;
    try {
      if (first) this.bind(this, engine, engine.scope(), []);
      if (this.#use.binding !== undefined) this.#use.applied.step(pairs, this, engine, this.#use.binding.state);
    } catch (error) {
      // out of memory: undoes what this call has made
      if (first) this.release(this);
      throw error;
    }
  }

  /**
   * What the optimizer remembers of a tensor that {@link apply} has updated: copies of its slots by name, in the shape of the tensor unless the
   * optimizer's documentation gives another. Models have theirs in files of `save`.
   *
   * @returns undefined before the tensor's first step.
   * @example
   * ```ts
   * import { optimizers, tensor } from 'simdescent';
   * const w = tensor([2], [1, 2]);
   * const g = tensor([2], [0.5, -1]);
   * const optimizer = optimizers.momentum({ learningRate: 0.5, momentum: 0.9 });
   * optimizer.apply([[w, g]]);
   * console.log(optimizer.slots(w)?.velocity); // Float32Array [-0.25, 0.5]
   * optimizer.dispose();
   * ```
   */
  slots(parameter: Tensor): Readonly<Record<string, Float32Array>> | undefined {
    const places = this.#use.applied.slotsOf(parameter);
    const { engine } = this.#use.binding ?? {};
    if (places === undefined || engine === undefined) return undefined;
    const named = this.spec.slots.flatMap((slot, k) => {
      const shape = slotShape(this, slot, parameter.shape, '');
      return shape === undefined ? [] : [[slot, engine.f32(places[k] ?? 0, sizeOf(shape)).slice()] as const];
    });
    return Object.fromEntries(named);
  }

  /**
   * Sets all weights to their averages, as `fit` does at its end; does nothing without `useEma`. For loops with `trainOnBatch`, `compileStep` or
   * {@link apply}.
   *
   * @throws Error if the optimizer is not in use.
   * @example
   * ```ts
   * import { optimizers, tensor } from 'simdescent';
   * const w = tensor([2], [1, 2]);
   * const g = tensor([2], [1, 1]);
   * const optimizer = optimizers.sgd({ learningRate: 0.1, useEma: true });
   * for (let i = 0; i < 10; i++) optimizer.apply([[w, g]]);
   * optimizer.finalizeVariableValues();
   * optimizer.dispose();
   * ```
   */
  finalizeVariableValues(): void {
    const { average, slots } = this.spec;
    if (this.#use.binding === undefined) throw new Error(`this ${this.name} optimizer is not in use`);
    if (average === undefined) return;
    const { engine, block } = this.#use.binding;
    const k = slots.indexOf(average.slot);
    for (const { parameters, length, slots: at } of [...(block?.runs ?? []), ...this.#use.applied.runs])
      engine.f32(parameters, length).set(engine.f32(at[k] ?? 0, length));
  }

  /** A wrapper around this optimizer: both are one, with one learning rate, in one model. @internal */
  wrapped(wrapper: Wrapper): Optimizer {
    const { rule, needs, step } = this.spec;
    return new Optimizer(rule, this.#options, needs, step, { ...this.#wrapping, ...wrapper, of: this });
  }

  /** Computes gradients at other weights than those of the step, if the optimizer has to. @internal */
  get ascent(): Ascent | undefined {
    return this.#wrapping?.ascent;
  }

  /** Whether a step needs the gradients of other weights than its own. @internal */
  get reevaluates(): boolean {
    return this.ascent !== undefined || this.spec.rule.searches === true;
  }

  /** Whether the other is this optimizer, or one of them is a wrapper around the other. @internal */
  sharesState(other: Optimizer): boolean {
    return this.#use === other.#use;
  }

  /** The optimizers that update weights: this one, unless it shares them out. @internal */
  get parts(): readonly Optimizer[] {
    return [this];
  }

  /** The part that updates the weight of this name. @internal */
  partFor(_name: string): Optimizer {
    return this;
  }

  /** Throws if its options name weights that are not among these. @internal */
  checkNames(_names: readonly string[]): void {}

  /** Whether weight decay is for the weight of this name. @internal */
  decays(name: string): boolean {
    return this.spec.further.excludeFromWeightDecay?.some((part) => name.includes(part)) !== true;
  }

  /** Frees the slots and restarts at iteration 0. For an optimizer that was applied to tensors; a model frees its own. */
  dispose(): void {
    if (this.#use.binding !== undefined && this.#use.binding.owner !== this)
      throw new Error(`this ${this.name} optimizer belongs to a model, which frees it`);
    this.release(this);
  }

  /** {@link dispose}, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  /** Assigns the optimizer to `owner`, with its state in `scope`; `blocks` are those of its parts. Changes nothing if it throws. @internal */
  bind(owner: object, engine: Engine, scope: Scope, blocks: readonly ParameterBlock[]): void {
    this.checkFree(owner);
    const places = this.parts.map((part) => ({ part, ...part.#place(engine, scope) }));
    for (const [i, { part, ...place }] of places.entries())
      part.#use.start({ owner, engine, scope, block: blocks[i], ...place }, part.spec, part.weightDecay ?? 0);
  }

  /** Makes its state and its schedule. */
  #place(engine: Engine, scope: Scope): Pick<Binding, 'state' | 'schedule'> {
    const { needs } = this.spec;
    if (needs !== undefined) engine.require(needs);
    return { state: scope.allocate(layout.STATE_BYTES), schedule: this.schedule?.place(engine, scope) ?? 0 };
  }

  /** Steps done, to be saved. @internal */
  get counters(): Counters {
    return { iterations: this.calls, momentumProduct: this.momentumProduct };
  }

  /** Continues from saved counters; the owner fills the slots. @internal */
  restore({ iterations, momentumProduct }: Counters): void {
    this.#use.restore(iterations, momentumProduct);
  }

  /** @internal */
  checkFree(owner: object): void {
    if (this.#use.binding !== undefined && this.#use.binding.owner !== owner)
      throw new Error(`this ${this.name} optimizer is already in use; make another one with optimizers.${this.name}()`);
  }

  /** Releases the optimizer from `owner`, who frees its scope; frees what `apply` has made. @internal */
  release(owner: object): void {
    const { binding } = this.#use;
    if (binding?.owner !== owner) return;
    this.#use.end(binding);
    if (owner === this) binding.scope.dispose();
  }

  /** Records one step over the parameters that it is bound to, and over rows of others. @internal */
  record(graph: Graph, rows: readonly RowUpdates[] = [], evaluation?: Evaluation): void {
    for (const part of this.parts) {
      const own = rows.filter(({ name }) => this.partFor(name) === part);
      if (part.#use.binding === undefined) throw new Error(`this ${part.name} optimizer is not in use`);
      const { state, block } = part.#use.binding;
      if (block !== undefined && block.length + own.length > 0)
        recordUpdate(graph, part, state, block, own, evaluation);
    }
  }
}

/** `O` if it has the rule's options and no others, so that the declared options of an optimizer match its rule. */
type Exactly<O, T extends OptionTable> = keyof O extends keyof T | keyof OptimizerOptions | 'excludeLayers' ? O : never;

/** The optimizer of a rule. @internal */
export const optimizerBy = <T extends OptionTable, O extends OptimizerOptions & Partial<Values<T>>>(
  rule: OptimizerRule<T>,
  options: Exactly<O, T>,
  needs?: Binaries,
  step?: Step,
): Optimizer => new Optimizer(rule, options, needs, step);
