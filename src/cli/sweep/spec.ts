/** What a sweep of the built-in models is: read from a file or from flags, completed, and checked before anything runs. */
import { createRuntime, type OptimizerName } from '../../index.ts';
import { having, isOptimizer, OPTION_NAMES, type OptionName } from '../../optimizers/facts/words.ts';
import {
  type Range,
  type SearchOptions,
  type Settings,
  type SettingValue,
  type Space,
  search,
} from '../../sweep/index.ts';
import { checkName, checkOptions, isObject, show } from '../../validate.ts';
import { check, resolved } from '../compiled.ts';
import { oneLine, UsageError } from '../errors.ts';
import { HIDDEN, type ModelKind, type TrainingOptions } from '../settings.ts';

/** A sweep as a file has it: options of the search, and the share to verify. */
export interface Spec extends SearchOptions {
  readonly verify?: number;
}

/** Settings that are no options of an optimizer, with what they are unless a sweep says otherwise. `hidden` depends on the model. */
const DEFAULTS = { model: 'dense', activation: 'relu', batchSize: 32, seed: 42, optimizer: 'nadam' } as const;
const OTHERS = ['model', 'hidden', 'activation', 'batchSize', 'dropout', 'l2', 'seed', 'limit', 'optimizer'] as const;
const NAMES: readonly string[] = [...OTHERS, ...OPTION_NAMES];

const SPEC = ['space', 'objective', 'search', 'trials', 'budget', 'epochs', 'seed', 'verify'] as const;

const isFixed = (range: Range): boolean => !isObject(range);
const isOption = (name: string): name is OptionName => (OPTION_NAMES as readonly string[]).includes(name);

/**
 * The whole space: whatever decides the numbers of a trial is among its settings, given or not, so that a trial is a function of them. First what is fixed, then the
 * optimizer, then the others as they were given; options of some of the optimizers only count for those.
 */
function completed(given: Space): Space {
  for (const name of Object.keys(given)) checkName('setting', name, NAMES);
  const base = Object.entries(DEFAULTS).filter(([name]) => !(name in given));
  const all: [string, Range][] = [...base, ...hiddenOf(given), ...Object.entries(given)].map(([name, range]) => [
    name,
    name === 'optimizer' ? optimizersIn(range) : range,
  ]);
  const rank = ([name, range]: readonly [string, Range]): number =>
    isOption(name) ? (isFixed(range) ? 2 : 3) : name === 'optimizer' ? 1 : isFixed(range) ? 0 : 3;
  const sorted = all.map((one, i) => ({ one, i })).sort((a, b) => rank(a.one) - rank(b.one) || a.i - b.i);
  const space = Object.fromEntries(sorted.map(({ one }) => one));
  const chosen = valuesOf(space.optimizer ?? DEFAULTS.optimizer)
    .map(String)
    .filter(isOptimizer);
  return Object.fromEntries(Object.entries(space).map(([name, range]) => [name, conditional(name, range, chosen)]));
}

/** The hidden layers that a model has by default, where none are given. */
function hiddenOf(given: Space): [string, Range][] {
  if ('hidden' in given) return [];
  const models = valuesOf(given.model ?? DEFAULTS.model).map((model) => String(model) as ModelKind);
  if (models.length > 1) throw new UsageError('hidden must be given where model varies');
  const [model = 'dense'] = models;
  return [['hidden', [[...(HIDDEN[model] ?? HIDDEN.dense)]]]];
}

/** Optimizers in any spelling, as the library writes them. */
function optimizersIn(range: Range): Range {
  const name = (value: unknown) =>
    resolved({ ...PLAIN, names: [String(value)], options: optionsFrom({}, 1) }).names[0] ?? '';
  if (Array.isArray(range)) return range.map(name);
  if (typeof range === 'string') return name(range);
  if (isObject(range) && 'choice' in range) return { ...range, choice: range.choice.map(name) };
  throw new TypeError(`optimizer must be a name or a list of names, got ${show(range)}`);
}

function conditional(name: string, range: Range, chosen: readonly OptimizerName[]): Range {
  if (!isOption(name) || (isObject(range) && 'when' in range)) return range;
  const owners = chosen.filter((optimizer) => having(name).includes(optimizer));
  if (owners.length === 0)
    throw new UsageError(`${name} means nothing to ${chosen.join(', ')}, only to ${having(name).join(', ')}`);
  if (owners.length === chosen.length) return range;
  const when = { optimizer: owners };
  if (isFixed(range)) return { choice: [range as SettingValue], when };
  return Array.isArray(range) ? { choice: range, when } : { ...(range as Exclude<Range, SettingValue>), when };
}

/** All values of a choice, and the ends of a range: what is wrong with a value within is wrong with an end. */
function valuesOf(range: Range): readonly SettingValue[] {
  if (Array.isArray(range)) return range;
  if (!isObject(range)) return [range];
  if ('choice' in range) return range.choice;
  return 'integer' in range ? range.integer : 'log' in range ? range.log : 'uniform' in range ? range.uniform : [];
}

const PLAIN = { command: 'compare', carry: false } as const;

/** A training with the settings of a trial. */
export function optionsFrom(settings: Settings, epochs: number): TrainingOptions {
  const { optimizer, ...rest } = settings;
  return { ...DEFAULTS, hidden: HIDDEN.dense, ...rest, epochs, threads: 1 } as unknown as TrainingOptions;
}

/** Reads what a file holds: a spec, or the result of a sweep, which has one. @throws UsageError that names the option or the setting */
export function specFrom(value: unknown): Spec {
  const inner = isObject(value) && 'spec' in value ? value.spec : value;
  if (!isObject(inner) || Array.isArray(inner))
    throw new UsageError(`expected an object with space and objective, got ${show(inner)}`);
  return asUsage(() => {
    checkOptions('sweep', inner, SPEC);
    const { space } = inner as Partial<Spec>;
    if (!isObject(space) || Array.isArray(space))
      throw new TypeError(`space must be an object of settings, got ${show(space)}`);
    return { ...(inner as Spec), space: completed(space as Space) };
  });
}

const asUsage = <T>(run: () => T): T => {
  try {
    return run();
  } catch (error) {
    throw error instanceof RangeError || error instanceof TypeError
      ? new UsageError(oneLine(error), { cause: error })
      : error;
  }
};

/**
 * Checks the search, and each value of each setting with the first values of the others, by building the model and the optimizer.
 *
 * @throws UsageError that names the setting
 */
export function checkSpec(spec: Spec): void {
  const { verify, ...options } = spec;
  asUsage(() => search(options));
  const { space, epochs = 1 } = spec;
  const first = Object.fromEntries(Object.entries(space).map(([name, range]) => [name, valuesOf(range)[0] ?? 0]));
  const optimizers = valuesOf(space.optimizer ?? DEFAULTS.optimizer).map(String);
  using runtime = createRuntime({ threads: 1 });
  const tried = new Set<string>();
  const attempt = (name: string, settings: Settings, optimizer: string) => {
    const text = JSON.stringify([settings, optimizer]);
    if (tried.has(text)) return;
    tried.add(text);
    const counting = Object.entries(settings).filter(
      ([key]) => !isOption(key) || (isOptimizer(optimizer) && having(key).includes(optimizer)),
    );
    try {
      const request = { ...PLAIN, names: [optimizer], options: optionsFrom(Object.fromEntries(counting), epochs) };
      checkKinds(Object.fromEntries(counting));
      check(resolved(request), runtime);
    } catch (error) {
      if (error instanceof UsageError || error instanceof RangeError || error instanceof TypeError)
        throw new UsageError(asSetting(name, oneLine(error)), { cause: error });
      throw error;
    }
  };
  for (const [name, range] of Object.entries(space))
    for (const value of valuesOf(range))
      for (const optimizer of name === 'optimizer'
        ? [String(value)]
        : isOption(name)
          ? optimizers
          : optimizers.slice(0, 1))
        attempt(name, { ...first, [name]: value }, optimizer);
}

/** An error about a flag as one about the setting of that name; any other is about the setting that was tried. */
function asSetting(tried: string, text: string): string {
  const [flag, words = ''] = /^--([a-z\d-]+)/.exec(text) ?? [];
  const name = words.replace(/-([a-z\d])/g, (_, letter: string) => letter.toUpperCase());
  return flag !== undefined && NAMES.includes(name) ? text.replace(flag, name) : `setting ${tried}: ${text}`;
}

/** What the library does not check, because the command line's flags do. */
function checkKinds({ hidden, model, batchSize, limit, seed }: Settings): void {
  if (!Array.isArray(hidden) || hidden.some((units) => !Number.isInteger(units) || units < 1))
    throw new RangeError(`hidden must be lists of units, as in [[300, 100], [128]], got ${show(hidden)}`);
  checkName('model', model, ['dense', 'cnn']);
  const counts = { batchSize, ...(limit !== undefined && { limit }) };
  for (const [name, value] of Object.entries(counts))
    if (!Number.isInteger(value) || Number(value) < 1 || Number(value) > 60_000)
      throw new RangeError(`${name} must be an integer from 1 to 60000, got ${show(value)}`);
  if (!Number.isSafeInteger(seed) || Number(seed) < 0)
    throw new RangeError(`seed must be an integer at least 0, got ${show(seed)}`);
}
