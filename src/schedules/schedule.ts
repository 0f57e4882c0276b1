/** A learning rate that depends on the step: a block that the core reads, see assembly/optimizers/schedules.ts. */
import { type Config, fixed, given, type JsonObject } from '../config.ts';
import type { Scope } from '../engine/memory.ts';
import { type Engine, engineOf } from '../engine/runtime.ts';
import { Printed } from '../printed.ts';
import { checkInteger, checkNumber } from '../validate.ts';

/** The numbers of a schedule, and the schedules within: see the table in assembly/optimizers/schedules.ts. */
export interface Block {
  readonly kind: number;
  readonly option: number;
  readonly values: readonly number[];
  readonly parts?: readonly Block[];
}

/** The kind and option of a block are two int32, its values and the offsets of its parts float64. */
const sizeOf = ({ values, parts = [] }: Block): number =>
  8 + 8 * (values.length + parts.length) + parts.reduce((sum, part) => sum + sizeOf(part), 0);

function write(engine: Engine, address: number, { kind, option, values, parts = [] }: Block): void {
  engine.i32(address, 2).set([kind, option]);
  let offset = 8 + 8 * (values.length + parts.length);
  const offsets = parts.map((part) => {
    write(engine, address + offset, part);
    const before = offset;
    offset += sizeOf(part);
    return before;
  });
  engine.f64(address + 8, values.length + parts.length).set([...values, ...offsets]);
}

const depthOf = ({ parts = [] }: Block): number => 1 + parts.reduce((most, part) => Math.max(most, depthOf(part)), 0);

/** Schedules within each other: the core calls itself for each. */
const DEEPEST = 16;

/** Names of the schedules. */
export type ScheduleName =
  | 'exponentialDecay'
  | 'piecewiseConstantDecay'
  | 'polynomialDecay'
  | 'inverseTimeDecay'
  | 'cosineDecay'
  | 'cosineDecayRestarts'
  | 'linear'
  | 'step'
  | 'oneCycle'
  | 'cyclical'
  | 'noam'
  | 'warmup'
  | 'joinSchedules';

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
    if (depthOf(block) > DEEPEST)
      throw new RangeError(`schedules.${name}: expected at most ${DEEPEST} schedules within each other`);
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
    return `Schedule ${this.name} ${JSON.stringify(this.toConfig().config)}`;
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
    const config = Object.entries(this.options).map(([key, value]) => [key, described(value)]);
    return { className: this.name, config: given(Object.fromEntries(config)) };
  }

  /** What it is within another schedule. @internal */
  asPart(): Block {
    return this.#block;
  }

  /** Writes it to memory for the core, for the life of `scope`. @internal */
  place(engine: Engine, scope: Scope): number {
    const address = scope.allocate(sizeOf(this.#block));
    write(engine, address, this.#block);
    return address;
  }
}

/** An option as plain JSON: a schedule within is a description too. */
const described = (value: unknown): unknown =>
  value instanceof Schedule ? value.toConfig() : Array.isArray(value) ? value.map(described) : value;

/** Boundaries between parts, each at least `from`. @internal */
export function ascending(boundaries: readonly number[], from: number): readonly number[] {
  for (const [i, boundary] of boundaries.entries()) {
    checkNumber(`boundaries[${i}]`, boundary, from);
    const before = boundaries[i - 1];
    if (before !== undefined && boundary <= before)
      throw new RangeError(`boundaries must ascend, got ${boundary} after ${before}`);
  }
  return boundaries;
}
