/**
 * What every optimizer has: its settings, its state and slots in the core's memory once it is in use, and `apply` for those
 * who bring gradients of their own.
 *
 * One step, in Keras' order: clip the gradients, decay the weights, update them, count the iteration.
 */
import { NADAM } from '../../assembly/codes.ts';
import * as op from '../../assembly/opcodes.ts';
import { type Config, given, type JsonObject } from '../config.ts';
import type { Scope } from '../engine/memory.ts';
import { floatWord, type Recorder } from '../engine/recorder.ts';
import type { Engine } from '../engine/runtime.ts';
import { Schedule } from '../schedules/schedule.ts';
import type { Tensor } from '../tensor.ts';
import { checkInteger, checkNumber, checkOptions } from '../validate.ts';
import { recordClip } from './clip.ts';
import { checkPairs, type GradientPair } from './pairs.ts';

/** Options of every optimizer. */
export interface OptimizerOptions {
  /** Step size, or a schedule of it. Default 0.001; 0.01 for sgd, momentum and nesterov. */
  readonly learningRate?: number | Schedule;
  /** Decoupled decay: `w -= w * weightDecay * learningRate` before the update, biases included. Default none; adamw 0.004. */
  readonly weightDecay?: number;
  /** Scales the gradient of each weight down to this Euclidean norm. At most one of the three clippings. Default none. */
  readonly clipnorm?: number;
  /** Cuts each element of the gradients to ±clipvalue. Default none. */
  readonly clipvalue?: number;
  /** Scales all gradients together down to this Euclidean norm. Default none. */
  readonly globalClipnorm?: number;
}

/** Where epsilon goes in the denominator. */
export type EpsilonMode = 'hat' | 'paper' | 'insideSqrt';

const epsilonModes: Readonly<Record<EpsilonMode, number>> = { hat: 0, paper: 1, insideSqrt: 2 };

/** What an optimizer's own file says of it. @internal */
export interface OptimizerSpec {
  readonly name: string;
  readonly kind: number;
  readonly flags?: number;
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
  readonly epsilonMode?: EpsilonMode;
  readonly momentumDecay?: number;
  /** Arrays of the parameters' size that it keeps, in the order of the kernel. */
  readonly slots: readonly string[];
  /** What slots start from. Default 0. */
  readonly initialSlot?: number;
  /** The options of its own, all of them. */
  readonly options: JsonObject;
}

const commonNames = ['learningRate', 'weightDecay', 'clipnorm', 'clipvalue', 'globalClipnorm'] as const;
const clippings = ['clipnorm', 'clipvalue', 'globalClipnorm'] as const;

// The state block, as assembly/optimizers/state.ts draws it.
const STATE_BYTES = 128;
const at = {
  kind: 0,
  flags: 4,
  iterations: 8,
  learningRate: 16,
  beta1: 24,
  beta2: 32,
  epsilon: 40,
  momentumDecay: 48,
  momentumProduct: 56,
  weightDecay: 64,
  epsilonMode: 72,
  schedule: 76,
} as const;

/** Checks the options that all optimizers share, and refuses those that this one does not have. @internal */
export function checkCommon(name: string, options: OptimizerOptions, own: readonly string[]): void {
  checkOptions(`optimizers.${name}`, options, [...commonNames, ...own]);
  if (options.weightDecay !== undefined) checkNumber('weightDecay', options.weightDecay, 0);
  for (const clipping of clippings) {
    const limit = options[clipping];
    if (limit === undefined) continue;
    checkNumber(clipping, limit, 0);
    if (limit === 0) throw new RangeError(`${clipping} must be above 0`);
  }
  const given = clippings.filter((clipping) => options[clipping] !== undefined);
  if (given.length > 1)
    throw new RangeError(`at most one of ${clippings.join(', ')} can be set, got ${given.join(' and ')}`);
}

/** An optimizer in use: where its state and slots are, and whose parameters it updates. */
interface Binding {
  readonly owner: object;
  readonly engine: Engine;
  readonly state: number;
  /** Where the schedule of the learning rate is, 0 for none. */
  readonly schedule: number;
}

/** Parameters and gradients as contiguous blocks, and the pieces that are clipped each on its own. @internal */
export interface ParameterBlock {
  readonly parameters: number;
  readonly gradients: number;
  readonly slots: number;
  /** Floats of each block. */
  readonly length: number;
  readonly pieces: readonly { readonly gradient: number; readonly length: number }[];
}

/** An update rule. Made by the functions of `optimizers`; belongs to one model, or to the tensors it is applied to. */
export class Optimizer {
  /** Name of the function that made it. */
  readonly name: string;
  /** See {@link OptimizerOptions.weightDecay}; undefined where none was asked for. */
  readonly weightDecay: number | undefined;
  /** See {@link OptimizerOptions.clipnorm}. */
  readonly clipnorm: number | undefined;
  /** See {@link OptimizerOptions.clipvalue}. */
  readonly clipvalue: number | undefined;
  /** See {@link OptimizerOptions.globalClipnorm}. */
  readonly globalClipnorm: number | undefined;
  /** @internal */
  readonly spec: OptimizerSpec;
  /** What the learning rate follows, if it was given as a schedule. */
  readonly schedule: Schedule | undefined;
  #learningRate: number;
  #iterations = 0;
  #binding: Binding | undefined;
  #scope: Scope | undefined;
  readonly #slotsOf = new Map<Tensor, { readonly slots: number; readonly stride: number }>();

  /** @internal */
  constructor(spec: OptimizerSpec, options: OptimizerOptions, defaultLearningRate: number) {
    const { learningRate = defaultLearningRate } = options;
    const scheduled = learningRate instanceof Schedule;
    if (!scheduled) checkNumber('learningRate', learningRate, 0);
    this.schedule = scheduled ? learningRate : undefined;
    this.spec = spec;
    this.name = spec.name;
    this.#learningRate = scheduled ? 0 : learningRate;
    this.weightDecay = options.weightDecay;
    this.clipnorm = options.clipnorm;
    this.clipvalue = options.clipvalue;
    this.globalClipnorm = options.globalClipnorm;
  }

  /**
   * Step size of the coming step. May be set at any time, also by a callback while a model is trained; with a schedule it is what
   * the schedule gives, and setting it is an Error.
   */
  get learningRate(): number {
    if (this.schedule === undefined) return this.#learningRate;
    const { engine, schedule } = this.#binding ?? {};
    return engine === undefined || schedule === undefined
      ? this.schedule.at(this.#iterations)
      : engine.core.scheduledRate(schedule, this.iterations);
  }

  /** Sets the step size of the coming step. @throws RangeError below 0; Error where a schedule gives it. */
  set learningRate(value: number) {
    if (this.schedule !== undefined)
      throw new Error(
        `the learning rate of this ${this.name} optimizer follows ${this.schedule.name} and cannot be set`,
      );
    checkNumber('learningRate', value, 0);
    this.#learningRate = value;
    const { engine, state } = this.#binding ?? {};
    if (engine !== undefined && state !== undefined) engine.f64(state + at.learningRate, 1)[0] = value;
  }

  /**
   * What the optimizer was made with, defaults included, and its learning rate as it is now (or its schedule), as plain JSON; `configs.optimizerFrom`
   * makes another one of it. Iterations and slots are not part of it.
   *
   * @example
   * ```ts
   * import { configs, optimizers } from 'simdescent';
   * const config = optimizers.sgd({ momentum: 0.9 }).toConfig();
   * configs.optimizerFrom(config);
   * ```
   */
  toConfig(): Config {
    const { schedule, weightDecay, clipnorm, clipvalue, globalClipnorm } = this;
    const learningRate = schedule?.toConfig() ?? this.learningRate;
    const common = { learningRate, weightDecay, clipnorm, clipvalue, globalClipnorm };
    return { className: this.name, config: given({ ...common, ...this.spec.options }) };
  }

  /** Steps done. Bias corrections follow from it; slots do not. */
  get iterations(): number {
    const { engine, state } = this.#binding ?? {};
    return engine === undefined || state === undefined
      ? this.#iterations
      : (engine.f64(state + at.iterations, 1)[0] ?? 0);
  }

  /** Nadam's product of the momenta of all steps done, which its bias correction uses; 1 at iteration 0 and for all others. */
  get momentumProduct(): number {
    const { engine, state } = this.#binding ?? {};
    return engine === undefined || state === undefined ? 1 : (engine.f64(state + at.momentumProduct, 1)[0] ?? 1);
  }

  /** Goes on as if so many steps were done. @throws RangeError below 0. */
  set iterations(value: number) {
    checkInteger('iterations', value, 0);
    this.#iterations = value;
    if (this.#binding !== undefined) this.#writeIterations(this.#binding, value);
  }

  /**
   * One step: updates each parameter in place from its gradient. Slots are made at a parameter's first step and kept for it.
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
    if (this.#binding !== undefined && this.#binding.owner !== this)
      throw new Error(`this ${this.name} optimizer belongs to a model`);
    if (this.#binding !== undefined && this.#binding.engine !== engine)
      throw new Error(`this ${this.name} optimizer is in use with another runtime`);
    const bound = this.#binding !== undefined;
    const known = this.#slotsOf.size;
    this.#scope ??= engine.scope();
    const kept = this.#scope.count;
    const clipped = engine.scope();
    try {
      this.#binding ??= this.#bind(this, engine, this.#scope);
      const { state } = this.#binding;
      const steps = pairs.map(([parameter, gradient]) => ({
        w: parameter.address,
        g: gradient.address,
        n: parameter.size,
        ...this.#slots(engine, parameter),
      }));
      if (clippings.some((clipping) => this[clipping] !== undefined)) {
        // one block, as in a model, so that a global norm is one sum
        const block = clipped.allocate(4 * steps.reduce((sum, { n }) => sum + n, 0));
        let next = block;
        for (const step of steps) {
          engine.f32(next, step.n).set(engine.f32(step.g, step.n));
          step.g = next;
          next += 4 * step.n;
          if (this.clipvalue !== undefined) engine.core.clip(step.g, step.g, step.n, this.clipvalue);
          if (this.clipnorm !== undefined) engine.core.clipByNorm(step.g, step.n, this.clipnorm, false);
        }
        if (this.globalClipnorm !== undefined)
          engine.core.clipByNorm(block, (next - block) / 4, this.globalClipnorm, true);
      }
      engine.core.prepareOptimizer(state);
      for (const { w, g, slots, stride, n } of steps) engine.core.updateParameters(state, w, g, slots, stride, n);
      engine.core.advanceOptimizer(state);
    } catch (error) {
      // out of memory: what this call has made goes back
      for (const parameter of [...this.#slotsOf.keys()].slice(known)) this.#slotsOf.delete(parameter);
      this.#scope?.dispose(kept);
      if (!bound) [this.#binding, this.#scope] = [undefined, undefined];
      throw error;
    } finally {
      clipped.dispose();
    }
  }

  /** Frees the slots and starts again from iteration 0. For an optimizer that was applied to tensors; a model frees its own. */
  dispose(): void {
    if (this.#binding === undefined || this.#binding.owner === this) this.release(this);
    else throw new Error(`this ${this.name} optimizer belongs to a model, which frees it`);
  }

  /** {@link dispose}, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  /** Takes the optimizer for `owner`, with a fresh state. @internal */
  bind(owner: object, engine: Engine, scope: Scope): void {
    this.checkFree(owner);
    this.#iterations = 0;
    this.#binding = this.#bind(owner, engine, scope);
  }

  /** Goes on from saved counters; a bound optimizer's slots are its owner's to fill. @internal */
  restore(iterations: number, momentumProduct: number): void {
    const { engine, state } = this.#binding ?? {};
    if (engine === undefined || state === undefined) throw new Error(`this ${this.name} optimizer is not in use`);
    this.#iterations = iterations;
    engine.f64(state + at.iterations, 1)[0] = iterations;
    engine.f64(state + at.momentumProduct, 1)[0] = momentumProduct;
  }

  /** @internal */
  checkFree(owner: object): void {
    if (this.#binding !== undefined && this.#binding.owner !== owner) {
      throw new Error(`this ${this.name} optimizer is already in use; make another one with optimizers.${this.name}()`);
    }
  }

  /** Lets go of the memory, which its owner frees. @internal */
  release(owner: object): void {
    if (this.#binding?.owner !== owner) return;
    this.#binding = undefined;
    this.#iterations = 0;
    this.#slotsOf.clear();
    this.#scope?.dispose();
    this.#scope = undefined;
  }

  /** Floats of the slots of `length` parameters. @internal */
  slotFloats(length: number): number {
    return this.spec.slots.length * length;
  }

  /** Fills new slots with what they start from. @internal */
  fillSlots(engine: Engine, slots: number, length: number): void {
    const { initialSlot = 0 } = this.spec;
    if (initialSlot !== 0) engine.f32(slots, this.slotFloats(length)).fill(initialSlot);
  }

  /** Records one step over a model's parameters. @internal */
  record(recorder: Recorder, { parameters, gradients, slots, length, pieces }: ParameterBlock): void {
    const { state } = this.#binding ?? {};
    if (state === undefined) throw new Error(`this ${this.name} optimizer is not in use`);
    const { clipvalue, clipnorm, globalClipnorm } = this;
    if (clipvalue !== undefined) recorder.emit('clipvalue', op.CLIP_VALUE, gradients, length, floatWord(clipvalue));
    if (globalClipnorm !== undefined) recordClip(recorder, 'globalClipnorm', gradients, length, globalClipnorm, true);
    if (clipnorm !== undefined)
      for (const piece of pieces) recordClip(recorder, 'clipnorm', piece.gradient, piece.length, clipnorm, false);
    recorder.emit(this.name, op.PREPARE_OPTIMIZER, state);
    recorder.emit(this.name, op.UPDATE_PARAMETERS, state, parameters, gradients, slots, length * 4, length);
    recorder.emit(this.name, op.ADVANCE_OPTIMIZER, state);
  }

  #slots(engine: Engine, parameter: Tensor): { slots: number; stride: number } {
    const known = this.#slotsOf.get(parameter);
    if (known !== undefined) return known;
    const stride = Math.ceil(parameter.size / 16) * 64;
    const slots = this.#scope?.allocate(this.spec.slots.length * stride) ?? 0;
    this.fillSlots(engine, slots, stride / 4);
    const made = { slots, stride };
    this.#slotsOf.set(parameter, made);
    return made;
  }

  #bind(owner: object, engine: Engine, scope: Scope): Binding {
    const state = scope.allocate(STATE_BYTES);
    const { kind, flags = 0, beta1 = 0, beta2 = 0, epsilon = 0, epsilonMode = 'hat', momentumDecay = 0 } = this.spec;
    const int = (where: number, value: number): number => (engine.i32(state + where, 1)[0] = value);
    const float = (where: number, value: number): number => (engine.f64(state + where, 1)[0] = value);
    int(at.kind, kind);
    int(at.flags, flags);
    int(at.epsilonMode, epsilonModes[epsilonMode]);
    float(at.learningRate, this.#learningRate);
    float(at.beta1, beta1);
    float(at.beta2, beta2);
    float(at.epsilon, epsilon);
    float(at.momentumDecay, momentumDecay);
    float(at.weightDecay, this.weightDecay ?? 0);
    const schedule = this.schedule?.place(engine, scope) ?? 0;
    int(at.schedule, schedule);
    const binding = { owner, engine, state, schedule };
    this.#writeIterations(binding, this.#iterations);
    return binding;
  }

  /** Iterations, and the product of momenta that Nadam carries along with them. */
  #writeIterations({ engine, state }: Binding, iterations: number): void {
    const { kind, beta1 = 0, momentumDecay = 0 } = this.spec;
    const last = kind === NADAM ? iterations : 0;
    let product = 1;
    // the product is zero in float64 after some ten thousand steps, whatever follows
    for (let t = 1; t <= last && product > 0; t++)
      product *= beta1 * (1 - 0.5 * engine.core.pow64(0.96, momentumDecay * t));
    engine.f64(state + at.iterations, 1)[0] = iterations;
    engine.f64(state + at.momentumProduct, 1)[0] = product;
  }
}
