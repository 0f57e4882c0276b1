/** The optimizers as the page shows them, from the facts of the library, which loads the library itself only in its workers. */
import { FACTS, RULES } from '../src/optimizers/facts/index.ts';
import type { OptimizerName } from '../src/optimizers/facts/names.ts';
import { COMMON, FURTHER, type OptimizerRule } from '../src/optimizers/facts/rule.ts';
import {
  isOptimizer,
  OPTIMIZER_NAMES,
  OPTION_NAMES,
  OPTIONS,
  type OptionName,
  type OptionValues,
  optionOf,
  optionsOf,
} from '../src/optimizers/facts/words.ts';

export type RacerName = OptimizerName;
export type { OptionName };
export { optionsOf };

/** Those that can race, in the order in which they were invented. */
export const NAMES = OPTIMIZER_NAMES;
export const isRacer = isOptimizer;
/** Whether it evaluates the function several times in a step; all others take a gradient. */
export const searches = (name: RacerName): boolean => (RULES[name] as OptimizerRule).searches === true;
/** Options that mean something for a point on a surface: its coordinates have no names. */
export const optionsOfPoints = (name: RacerName): OptionName[] =>
  optionsOf(name).filter((option) => !('names' in (optionOf(name, option) ?? {})));

export interface RacerFacts {
  readonly title: string;
  /** In a few words: who, when, and the idea. */
  readonly idea: string;
  readonly defaults: OptionValues;
  /** Symbols of the slots in the formula, by the library's names. */
  readonly slots: Readonly<Record<string, string>>;
}

/** Options that do nothing unless they are set have no default. */
const defaultsOf = (name: RacerName): OptionValues =>
  Object.fromEntries(
    optionsOf(name).flatMap((option) => {
      const byDefault = optionOf(name, option)?.byDefault;
      return byDefault === undefined ? [] : [[option, byDefault]];
    }),
  );

export const OPTIMIZERS = Object.fromEntries(
  NAMES.map((name): [RacerName, RacerFacts] => {
    const { title, idea, symbols } = FACTS[name];
    return [name, { title, idea, defaults: defaultsOf(name), slots: symbols }];
  }),
) as Readonly<Record<RacerName, RacerFacts>>;

const table = (word: (option: OptionName) => string) =>
  Object.fromEntries(OPTION_NAMES.map((option) => [option, word(option)])) as Record<OptionName, string>;

/** Symbols of the options in the formulas. */
export const SYMBOLS: Readonly<Record<OptionName, string>> = table((one) => OPTIONS[one].symbol ?? one);
/** As short as they can be understood. */
export const SHORT_TITLES: Readonly<Record<OptionName, string>> = table(
  (one) => OPTIONS[one].symbol ?? OPTIONS[one].title,
);
export const OPTION_TITLES: Readonly<Record<OptionName, string>> = table((one) => OPTIONS[one].title);
export const OPTION_HELP: Readonly<Record<OptionName, string>> = table((one) => OPTIONS[one].says);
/** Whether every optimizer can have it: decay, clipping, averages. */
export const isCommon = (option: OptionName): boolean =>
  option !== 'learningRate' && (Object.hasOwn(COMMON, option) || Object.hasOwn(FURTHER, option));

/** The update with these options. */
export function formulaOf(name: RacerName, options: OptionValues): string[] {
  const own = Object.fromEntries(
    optionsOf(name).map((option) => [option, options[option] ?? optionOf(name, option)?.byDefault]),
  );
  const decays = Number(own.weightDecay) > 0;
  return [...(decays ? ['w ← w − decay · η w'] : []), ...FACTS[name].formula(own as never)];
}
