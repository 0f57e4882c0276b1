/** What a sweep varies: the settings of a trial, with ranges, choices and conditions. All of it is checked before anything runs. */
import { checkInteger, checkKind, checkLabel, checkOptions, isObject, show } from '../validate.ts';
import { type Condition, conditionsOf, holds } from './conditions.ts';
import type { Settings, SettingValue, Values } from './settings.ts';
import { choiceOf, integersOf, realsOf } from './values.ts';

/** When a setting counts: each named setting, which must come earlier in the space, has the value, or one of the values. */
export type When = Readonly<Record<string, SettingValue | readonly SettingValue[]>>;

/** One of several values. A plain array is the same without a condition. */
export interface Choice<T extends SettingValue = SettingValue> {
  /** The values, none twice. */
  readonly choice: readonly T[];
  /** When the setting counts. Default always. */
  readonly when?: When;
}

/** A real number, each as likely as any other. */
export interface UniformRange {
  /** The lowest and the highest value. */
  readonly uniform: readonly [low: number, high: number];
  /** So many values at equal distances, both ends among them, and no others. A grid needs it. Default any value, rounded to six digits of the range. */
  readonly steps?: number;
  /** When the setting counts. Default always. */
  readonly when?: When;
}

/** A positive real number whose logarithm is as likely as any other: a learning rate. */
export interface LogRange {
  /** The lowest and the highest value. */
  readonly log: readonly [low: number, high: number];
  /** So many values at equal ratios, both ends among them, and no others. A grid needs it. Default any value, rounded to six digits. */
  readonly steps?: number;
  /** When the setting counts. Default always. */
  readonly when?: When;
}

/** An integer. */
export interface IntegerRange {
  /** The lowest and the highest value. */
  readonly integer: readonly [low: number, high: number];
  /** Distance between two values. Default 1. */
  readonly step?: number;
  /** Whether logarithms are equally likely, so that 8 to 16 comes up as often as 512 to 1024. Default false. */
  readonly log?: boolean;
  /** When the setting counts. Default always. */
  readonly when?: When;
}

/** What a setting may be: a range, a choice, or a plain value that all trials have. */
export type Range = SettingValue | Choice | UniformRange | LogRange | IntegerRange;

/** The settings of a sweep by name. Their order decides the order of a grid and which random numbers a setting gets. */
export type Space = Readonly<Record<string, Range>>;

/** The type of a setting's values, by its range. */
export type ValueOf<R> = R extends readonly (infer T)[]
  ? T
  : R extends Choice<infer T>
    ? T
    : R extends object
      ? number
      : R;

/** A range that only counts under a condition. */
export interface Conditional {
  /** Settings that decide. */
  readonly when: object;
}

/** The settings that a space makes, with the types of its values. */
export type SettingsOf<S extends Space> = {
  readonly [K in keyof S]: S[K] extends Conditional ? ValueOf<S[K]> | undefined : ValueOf<S[K]>;
};

/** One setting, ready to be drawn. */
export interface Dimension extends Values {
  readonly name: string;
  readonly conditions: readonly Condition[];
}

/** Combinations of a grid; more are a mistake. */
const MOST = 1_000_000;

/** A checked space. */
export class CheckedSpace {
  readonly dimensions: readonly Dimension[];

  /** @throws TypeError or RangeError that names the setting */
  constructor(space: unknown) {
    checkKind(isObject(space) && !Array.isArray(space), 'space', 'an object of settings', space);
    const dimensions: Dimension[] = [];
    for (const [name, range] of Object.entries(space)) {
      checkLabel('the name of a setting', name);
      if (name === '' || name === '__proto__') throw new RangeError(`space: a setting cannot be named ${show(name)}`);
      const conditions = conditionsOf(name, isObject(range) ? Reflect.get(range, 'when') : undefined, dimensions);
      dimensions.push({ name, conditions, ...valuesOf(name, range) });
    }
    if (dimensions.length === 0) throw new RangeError('space must have a setting, got none');
    this.dimensions = dimensions;
  }

  /** The settings at a place of the unit cube, one number in [0, 1) for each dimension, whether it counts or not. */
  settings(place: readonly number[]): Settings {
    const settings: Record<string, SettingValue> = {};
    for (const [i, { name, conditions, at }] of this.dimensions.entries())
      if (holds(conditions, settings)) settings[name] = at(place[i] ?? 0);
    return settings;
  }

  /** All combinations, the last setting changing fastest. */
  grid(): Settings[] {
    let found: Settings[] = [{}];
    for (const { name, conditions, values } of this.dimensions) {
      if (values === undefined)
        throw new RangeError(`${name}: a grid needs steps, as in { log: [1e-4, 0.1], steps: 4 }, or a list of values`);
      const count = found.reduce((sum, settings) => sum + (holds(conditions, settings) ? values.length : 1), 0);
      if (count > MOST) throw new RangeError(`space: a grid of more than ${MOST} trials; use fewer values`);
      found = found.flatMap((settings) =>
        holds(conditions, settings) ? values.map((value) => ({ ...settings, [name]: value })) : [settings],
      );
    }
    return found;
  }
}

/** The keys of a range beside `when`, by the one that says its kind. */
const KEYS = { choice: [], uniform: ['steps'], log: ['steps'], integer: ['step', 'log'] } as const;
// an integer range may have `log` as well
const KINDS = ['integer', 'choice', 'uniform', 'log'] as const;

function valuesOf(name: string, range: unknown): Values {
  if (Array.isArray(range)) return choiceOf(name, range);
  if (!isObject(range)) return choiceOf(name, [range]);
  const kind = KINDS.find((one) => one in range);
  if (kind === undefined)
    throw new TypeError(`${name} must be a value, a list of values or { ${KINDS.join(' | ')}: … }, got ${show(range)}`);
  checkOptions(name, range, [kind, ...KEYS[kind], 'when']);
  const { steps, step = 1, log = false } = range as { steps?: unknown; step?: unknown; log?: unknown };
  const what = `${name}: ${kind}`;
  const given: unknown = Reflect.get(range, kind);
  if (kind === 'choice') {
    checkKind(Array.isArray(given), what, 'a list of values', given);
    return choiceOf(name, given);
  }
  checkKind(Array.isArray(given) && given.length === 2, what, 'the lowest and the highest value', given);
  const [low, high]: readonly unknown[] = given;
  for (const end of [low, high]) checkKind(typeof end === 'number', what, 'two numbers', end);
  const ends = [low as number, high as number] as const;
  if (!ends.every(Number.isFinite) || ends[0] >= ends[1])
    throw new RangeError(`${what} must be a lower and a higher finite number, got ${show(given)}`);
  if ((kind === 'log' || log === true) && ends[0] <= 0)
    throw new RangeError(`${what} must be above 0 for a logarithm, got ${show(given)}`);
  if (kind === 'integer') {
    for (const end of ends) checkInteger(what, end, Number.MIN_SAFE_INTEGER);
    checkInteger(`${name}: step`, step, 1);
    checkKind(typeof log === 'boolean', `${name}: log`, 'true or false', log);
    return integersOf(name, ends, step as number, log);
  }
  if (steps !== undefined) checkInteger(`${name}: steps`, steps, 2, MOST);
  return realsOf(ends, kind === 'log', steps as number | undefined);
}
