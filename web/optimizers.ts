/** The optimizers as the page shows them, from the facts of the library, which loads the library itself only in its workers. */
import { FACTS } from '../src/optimizers/facts/index.ts';
import type { OptimizerName } from '../src/optimizers/facts/names.ts';
import {
  optionsOf as allOptionsOf,
  isOptimizer,
  type NumberName,
  numbersOf,
  OPTIMIZER_NAMES,
  OPTION_NAMES,
  OPTIONS,
  type OptionName,
  type OptionValues,
  optionOf,
} from '../src/optimizers/facts/words.ts';

export type RacerName = OptimizerName;
/** The options that the page can set: the numbers. */
export type OptimizerOption = NumberName;
export const optionsOf = numbersOf;

/** Those that can race, in the order in which they were invented. */
export const NAMES = OPTIMIZER_NAMES;
export const isRacer = isOptimizer;

export interface RacerFacts {
  readonly title: string;
  /** In a few words: who, when, and the idea. */
  readonly idea: string;
  readonly defaults: Partial<Record<OptimizerOption, number>>;
  /** Symbols of the slots in the formula, by the library's names. */
  readonly slots: Readonly<Record<string, string>>;
}

function defaultsOf(name: RacerName): Partial<Record<OptimizerOption, number>> {
  const defaults: Partial<Record<OptimizerOption, number>> = {};
  for (const option of optionsOf(name)) {
    const byDefault = optionOf(name, option)?.byDefault;
    if (typeof byDefault === 'number') defaults[option] = byDefault;
  }
  return defaults;
}

export const OPTIMIZERS = Object.fromEntries(
  NAMES.map((name): [RacerName, RacerFacts] => {
    const { title, idea, symbols } = FACTS[name];
    return [name, { title, idea, defaults: defaultsOf(name), slots: symbols }];
  }),
) as Readonly<Record<RacerName, RacerFacts>>;

const table = (word: (option: OptionName) => string) =>
  Object.fromEntries(OPTION_NAMES.map((option) => [option, word(option)])) as Record<OptimizerOption, string>;

/** Symbols of the options in the formulas. */
export const SYMBOLS: Readonly<Record<OptimizerOption, string>> = table((one) => OPTIONS[one].symbol ?? one);
export const OPTION_TITLES: Readonly<Record<OptimizerOption, string>> = table((one) => OPTIONS[one].title);

/** The update with these options. */
export function formulaOf(name: RacerName, options: OptionValues): string[] {
  const own = Object.fromEntries(
    allOptionsOf(name).map((option) => [option, options[option] ?? optionOf(name, option)?.byDefault]),
  );
  const decays = Number(own.weightDecay) > 0;
  return [...(decays ? ['w ← w − decay · η w'] : []), ...FACTS[name].formula(own as never)];
}
