/**
 * The shape of an optimizer's facts. A rule is what training needs; the words, formulas and colours beside it are for people, and only
 * the command line and the page read them. These files import nothing of the library, so that a page can show them before it loads it.
 */
import type { OptimizerName } from './names.ts';

/** A number from 0 on: at most `to`, or below `below`, if there is such a limit. */
export interface NumberFacts {
  readonly byDefault?: number;
  readonly to?: number;
  readonly below?: number;
}

export interface FlagFacts {
  readonly byDefault: boolean;
}

/** One of several names; the core knows each by a number. */
export interface ChoiceFacts<T extends string = string> {
  readonly byDefault: T;
  readonly codes: Readonly<Record<T, number>>;
}

export type OptionFacts = NumberFacts | FlagFacts | ChoiceFacts;
export type OptionTable = Readonly<Record<string, OptionFacts>>;

type Value<F extends OptionFacts> = F extends NumberFacts
  ? number
  : F extends FlagFacts
    ? boolean
    : F extends ChoiceFacts<infer T>
      ? T
      : never;

/** The options of a table, all of them, with their values. */
export type Values<T extends OptionTable> = { readonly [K in keyof T]: Value<T[K]> };

export interface OptimizerRule<T extends OptionTable = OptionTable> {
  readonly name: OptimizerName;
  /** Its number in assembly/codes.ts, which may depend on the options. */
  kind(own: Values<T>): number;
  readonly learningRate: number;
  readonly weightDecay?: number;
  /** The options of its own, in the order in which its kernel reads them. */
  readonly options: T;
  /** Arrays of the parameters' size that it keeps, in the order of its kernel. */
  slots(own: Values<T>): readonly string[];
  /** The number that slots start from. Default 0. */
  initialSlot?(own: Values<T>): number;
}

/** A rule as it is; the compiler finds out the types of its options. */
export const rule = <const T extends OptionTable>(given: OptimizerRule<T>): OptimizerRule<T> => given;

export const isNumber = (facts: OptionFacts): facts is NumberFacts =>
  !(typeof facts.byDefault === 'boolean' || 'codes' in facts);

/** Options that every optimizer has. A rule has the defaults of the first two, the others have none. */
export const COMMON = {
  learningRate: {},
  weightDecay: {},
  clipnorm: {},
  clipvalue: {},
  globalClipnorm: {},
} as const satisfies OptionTable;

export const number = (byDefault: number): NumberFacts => ({ byDefault });
/** A number in [0, 1): a decay rate. */
export const fraction = (byDefault: number): NumberFacts => ({ byDefault, below: 1 });
/** A number in [0, 1]. */
export const share = (byDefault: number): NumberFacts => ({ byDefault, to: 1 });
export const flag = (byDefault: boolean): FlagFacts => ({ byDefault });
export const choice = <T extends string>(
  byDefault: NoInfer<T>,
  codes: Readonly<Record<T, number>>,
): ChoiceFacts<T> => ({
  byDefault,
  codes,
});

/** A line in a chart: told from others by colour, dash and marker, so that one of the three is enough. */
export interface Pen {
  readonly light: string;
  readonly dark: string;
  readonly dash: 'solid' | readonly number[];
  /** A name that ECharts knows, or a path of its own. */
  readonly symbol: string;
}

/** The words and the look of an optimizer. */
export interface OptimizerFacts<T extends OptionTable = OptionTable> {
  readonly title: string;
  /** In a few words: who, when, and the idea. */
  readonly idea: string;
  /** Symbols of the slots in the formula, by their names. */
  readonly symbols: Readonly<Record<string, string>>;
  /** The update, line by line: `g` is the gradient, `w` the weight, `t` the number of the step; `OPTIONS` has the symbols of the options. */
  formula(own: Values<T>): readonly string[];
  readonly pen: Pen;
}
