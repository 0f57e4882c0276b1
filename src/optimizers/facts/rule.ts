/**
 * The shape of an optimizer's facts. Training needs the rule; the words, formulas and colours beside it are for people, and only
 * the command line and the page read them. These files import nothing of the library, so a page can show them before it loads it.
 */
import type { OptimizerName, WrapperName } from './names.ts';

/** A number from `from` on, 0 by default: at most `to`, or below `below`, if there is such a limit. */
export interface NumberFacts {
  readonly byDefault?: number;
  readonly from?: number;
  readonly to?: number;
  readonly below?: number;
  readonly integer?: true;
}

export interface FlagFacts {
  readonly byDefault: boolean;
}

/** One of several names; the core uses their numbers. */
export interface ChoiceFacts<T extends string = string> {
  readonly byDefault: T;
  readonly codes: Readonly<Record<T, number>>;
}

/** Several strings, parts of names of weights. */
export interface NamesFacts {
  readonly byDefault?: undefined;
  readonly names: true;
}

export type OptionFacts = NumberFacts | FlagFacts | ChoiceFacts | NamesFacts;
export type OptionTable = Readonly<Record<string, OptionFacts>>;

type Value<F extends OptionFacts> = F extends NamesFacts
  ? readonly string[]
  : F extends NumberFacts
    ? number
    : F extends FlagFacts
      ? boolean
      : F extends ChoiceFacts<infer T>
        ? T
        : never;

/** The options of a table, all of them, with their values. */
export type Values<T extends OptionTable> = { readonly [K in keyof T]: Value<T[K]> };

export interface OptimizerRule<T extends OptionTable = OptionTable> {
  readonly name: OptimizerName | WrapperName;
  /** Its number in assembly/codes.ts; it may depend on the options. */
  kind(own: Values<T>): number;
  readonly learningRate: number;
  readonly weightDecay?: number;
  /** Its own options, in the order in which its kernel reads them. */
  readonly options: T;
  /** The slots, arrays of the parameters' size, in the order of its kernel. */
  slots(own: Values<T>): readonly string[];
  /** The number that a slot starts from. Default 0. */
  initialSlot?(own: Values<T>, slot: string): number;
  /** How many passes over a weight an update takes, if it needs sums over the weight (assembly/optimizers/full/passes.ts). */
  readonly passes?: number;
  /** With passes: whether their sums go over all weights together. */
  readonly together?: boolean;
  /** With passes: the shape of a slot of a weight of this shape, undefined if it has none. Default the weight's own. */
  slotShape?(own: Values<T>, slot: string, shape: readonly number[], excluded: boolean): readonly number[] | undefined;
  /** Whether a step evaluates the loss at several weights, so that gradients alone are not enough. */
  readonly searches?: true;
  /** Options of every optimizer that it does not take. */
  readonly without?: readonly string[];
  /** Whether it takes `excludeLayers`, names of weights that `slotShape` is told. */
  readonly excludes?: boolean;
}

/** The rule itself; the compiler infers the types of its options. */
export const rule = <const T extends OptionTable>(given: OptimizerRule<T>): OptimizerRule<T> => given;

export const isNumber = (facts: OptionFacts): facts is NumberFacts =>
  !(typeof facts.byDefault === 'boolean' || 'codes' in facts || 'names' in facts);

/** Options of every optimizer. A rule has defaults for the first two; the others default to none. */
export const COMMON = {
  learningRate: {},
  weightDecay: {},
  clipnorm: {},
  clipvalue: {},
  globalClipnorm: {},
} as const satisfies OptionTable;

/** Steps and iterations, which the core has as 32-bit integers. */
const MOST_STEPS = 2 ** 31 - 1;

/** Further options of every optimizer: about averages of weights and about when to update which. */
export const FURTHER = {
  useEma: { byDefault: false },
  emaMomentum: { byDefault: 0.99, to: 1 },
  emaOverwriteFrequency: { from: 1, to: MOST_STEPS, integer: true },
  gradientAccumulationSteps: { from: 2, to: MOST_STEPS, integer: true },
  excludeFromWeightDecay: { names: true },
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

/** A line in a chart: colour, dash and marker each suffice to tell it from others. */
export interface Pen {
  readonly light: string;
  readonly dark: string;
  readonly dash: 'solid' | readonly number[];
  /** An ECharts symbol, or a path. */
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
