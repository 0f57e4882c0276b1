/** A learning rate that depends on the step: a block that the core reads, see assembly/optimizers/schedules.ts. */
import { type Config, fixed, given, type JsonObject } from '../config.ts';
import type { Scope } from '../engine/memory.ts';
import { type Engine, engineOf } from '../engine/runtime.ts';
import { Printed } from '../printed.ts';
import { checkInteger } from '../validate.ts';

/** The numbers of a schedule: see the table in assembly/optimizers/schedules.ts. */
interface Block {
  readonly kind: number;
  readonly option: number;
  readonly values: readonly number[];
}

/** Names of the schedules. */
export type ScheduleName =
  | 'exponentialDecay'
  | 'piecewiseConstantDecay'
  | 'polynomialDecay'
  | 'inverseTimeDecay'
  | 'cosineDecay'
  | 'cosineDecayRestarts';

/** A learning rate that depends on the step. Made by the functions of `schedules`. */
export class Schedule extends Printed {
  /** Name of the function that made it. */
  readonly name: ScheduleName;
  /** The options it was made with. */
  readonly options: object;
  readonly #block: Block;

  /** @internal */
  constructor(name: ScheduleName, options: object, block: Block) {
    super();
    this.name = name;
    this.options = fixed(options);
    this.#block = block;
    Object.freeze(this);
  }

  /** @internal */
  get [Symbol.toStringTag](): string {
    return 'Schedule';
  }

  toString(): string {
    return `Schedule ${this.name} ${JSON.stringify(this.options)}`;
  }

  /**
   * The learning rate of a step, after `step` earlier ones.
   *
   * @example
   * ```ts
   * import { schedules } from 'simdescent';
   * const schedule = schedules.cosineDecay({ initialLearningRate: 0.1, decaySteps: 1000 });
   * schedule.at(500); // 0.05
   * ```
   */
  at(step: number): number {
    checkInteger('step', step, 0);
    const engine = engineOf(undefined);
    const scope = engine.scope();
    try {
      return engine.core.scheduledRate(this.place(engine, scope), step);
    } finally {
      scope.dispose();
    }
  }

  /** The schedule as plain JSON; `configs.scheduleFrom` makes a schedule from it. */
  toConfig(): Config & JsonObject {
    return { className: this.name, config: given({ ...this.options }) };
  }

  /** Writes it to memory for the core, for the life of `scope`. @internal */
  place(engine: Engine, scope: Scope): number {
    const { kind, option, values } = this.#block;
    const address = scope.allocate(8 + 8 * values.length);
    engine.i32(address, 2).set([kind, option]);
    engine.f64(address + 8, values.length).set(values);
    return address;
  }
}
