/** The settings of a race: their limits, their place in the address of the page, and the command lines that repeat it. */
import { commandLine, HIDDEN, MODELS, type ModelKind, SEVEN, TRAINING_IMAGES } from '../src/cli/settings.ts';
import { likely } from '../src/nearest.ts';
import { isNumber } from '../src/optimizers/facts/rule.ts';
import { type OptionName, type OptionValue, type OptionValues, optionOf } from '../src/optimizers/facts/words.ts';
import { isRacer, NAMES, OPTIMIZERS, optionsOf, type RacerName } from './optimizers.ts';

/** What one optimizer is given beside its defaults. */
export type Given = OptionValues;

export interface Entrant {
  readonly name: RacerName;
  readonly options: Given;
}

export interface Settings {
  readonly entrants: readonly Entrant[];
  readonly seed: number;
  /** Training images: the first so many. */
  readonly limit: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly model: ModelKind;
  readonly hidden: readonly number[];
  readonly activation: string;
}

/** Images of the small set that comes with the page: training and test. */
export const FIRST = { train: 2000, test: 500 } as const;

export const ACTIVATIONS = [
  ...['relu', 'leakyRelu', 'elu', 'selu', 'gelu', 'geluTanh', 'silu', 'relu6', 'hardSilu', 'hardTanh'],
  ...['tanh', 'sigmoid', 'hardSigmoid', 'softplus', 'softsign', 'linear'],
] as const;

export const DEFAULTS: Settings = {
  entrants: SEVEN.map((name) => ({ name, options: {} })),
  seed: 42,
  limit: FIRST.train,
  epochs: 15,
  batchSize: 32,
  model: 'dense',
  hidden: HIDDEN.dense,
  activation: 'relu',
};

/** Defaults of a race of this kind. A step of the convolutional network takes some thirty times as long, and fewer epochs do. */
export const defaultsOf = (model: ModelKind): Settings => ({
  ...DEFAULTS,
  ...(model === 'cnn' && { model, hidden: HIDDEN[model], epochs: 5 }),
});

/** The limits of what can be typed. */
export const LIMITS = {
  seed: [0, Number.MAX_SAFE_INTEGER],
  limit: [1, TRAINING_IMAGES],
  epochs: [1, 1000],
  batchSize: [1, TRAINING_IMAGES],
} as const;
/** Wider or deeper networks would not fit in a page next to six others. */
const MOST_UNITS = 2048;
const MOST_LAYERS = 6;

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** A number as it is typed, or an Error that says what was expected. */
export function parseNumber(
  text: string,
  what: string,
  { integer = false, from = 0, to = Number.MAX_VALUE } = {},
): number {
  const value = NUMBER.test(text.trim()) ? Number(text) : Number.NaN;
  if (Number.isFinite(value) && value >= from && value <= to && (!integer || Number.isInteger(value))) return value;
  const kind = integer ? 'a whole number' : 'a number';
  const range = to >= Number.MAX_SAFE_INTEGER ? `of at least ${from}` : `from ${from} to ${to}`;
  throw new RangeError(`${what}: expected ${kind} ${range}, got “${text.trim()}”`);
}

/** Units of the hidden layers, as `300,100`; nothing or `none` for no hidden layer. */
export function parseHidden(text: string): number[] {
  if (text.trim() === '' || text.trim() === 'none') return [];
  const units = text
    .split(',')
    .map((part) => parseNumber(part, 'hidden layers', { integer: true, from: 1, to: MOST_UNITS }));
  if (units.length > MOST_LAYERS)
    throw new RangeError(`hidden layers: expected at most ${MOST_LAYERS}, got ${units.length}`);
  return units;
}

/** Parts of names in an address, where a comma stands between optimizers. */
const BETWEEN_NAMES = ';';

function nameFrom(text: string, what: string): string {
  if (text === '' || /[~:]/.test(text))
    throw new RangeError(`${what}: expected parts of names without ~ and :, separated by commas, got “${text}”`);
  return text;
}

/** A value of an option of this optimizer, in its range; undefined for none, where there is no default. */
export function parseOption(
  name: RacerName,
  option: OptionName,
  text: string,
  what: string = option,
): OptionValue | undefined {
  const facts = optionOf(name, option) ?? {};
  if (text.trim() === '') return facts.byDefault;
  if ('codes' in facts) return oneOf(what, Object.keys(facts.codes), text.trim());
  if ('names' in facts) return text.split(/[,;]/).map((part) => nameFrom(part.trim(), what));
  if (!isNumber(facts)) return oneOf(what, ['true', 'false'], text.trim()) === 'true';
  const { from = 0, to = Number.MAX_VALUE, below, integer = false } = facts;
  const value = parseNumber(text, what, { integer, from, to });
  if (below !== undefined && value >= below)
    throw new RangeError(`${what}: expected a number from ${from} to below ${below}, got “${text.trim()}”`);
  return value;
}

/** A value as it is typed. */
export const optionText = (value: OptionValue | undefined): string =>
  Array.isArray(value) ? value.join(', ') : String(value ?? '');

/** Leaves out what is the default anyway, or not given, so that equal settings are written equally. */
export function given(name: RacerName, options: Given): Given {
  const kept = optionsOf(name).flatMap((option) => {
    const value = options[option];
    // where there is no default, 0 and an empty list are none
    const byDefault = OPTIMIZERS[name].defaults[option] ?? (Array.isArray(value) ? '' : 0);
    return value === undefined || String(value) === String(byDefault) ? [] : [[option, value] as const];
  });
  return Object.fromEntries(kept);
}

const inAddress = (value: OptionValue): string =>
  encodeURIComponent(Array.isArray(value) ? value.join(BETWEEN_NAMES) : String(value));

/** Optimizers and their options in an address: `sgd,adam~beta1:0.8`. */
export const entrantsText = (entrants: readonly Entrant[]): string =>
  entrants
    .map(({ name, options }) =>
      [name, ...Object.entries(options).map(([option, value]) => `${option}:${inAddress(value)}`)].join('~'),
    )
    .join();

/** The address' query: only what differs from the defaults, so that most links are short. */
export function toQuery(settings: Settings): string {
  const parts: string[] = [];
  const racers = entrantsText(settings.entrants);
  const defaults = defaultsOf(settings.model);
  if (racers !== SEVEN.join()) parts.push(`race=${racers}`);
  if (settings.model !== DEFAULTS.model) parts.push(`model=${settings.model}`);
  for (const key of ['seed', 'limit', 'epochs', 'batchSize', 'activation'] as const)
    if (settings[key] !== defaults[key]) parts.push(`${key}=${settings[key]}`);
  if (settings.hidden.join() !== defaults.hidden.join()) parts.push(`hidden=${settings.hidden.join(',') || 'none'}`);
  return parts.length > 0 ? `?${parts.join('&')}` : '';
}

/** Settings from an address. `problems` names each part that cannot be used, and what is used instead; all other parts count. */
export function fromQuery(query: string): { settings: Settings; problems: readonly string[] } {
  const parameters = new URLSearchParams(query);
  const problems: string[] = [];
  const read = <T extends number | string | readonly number[]>(
    key: keyof Settings,
    parse: (text: string) => T,
    otherwise: T,
  ): T => {
    const text = parameters.get(key);
    return text === null ? otherwise : attempt(() => parse(text), otherwise, problems);
  };
  const model = read('model', (text) => oneOf('model', MODELS, text), DEFAULTS.model);
  const defaults = defaultsOf(model);
  const whole = (key: keyof typeof LIMITS) => {
    const [from, to] = LIMITS[key];
    return read(key, (text) => parseNumber(text, key, { integer: true, from, to }), defaults[key]);
  };
  const race = parameters.get('race');
  const settings: Settings = {
    entrants: race === null ? DEFAULTS.entrants : entrantsFrom(race, problems),
    seed: whole('seed'),
    limit: whole('limit'),
    epochs: whole('epochs'),
    batchSize: whole('batchSize'),
    model,
    hidden: read('hidden', parseHidden, defaults.hidden),
    activation: read('activation', (text) => oneOf('activation', ACTIVATIONS, text), defaults.activation),
  };
  const known = ['race', ...Object.keys(settings).filter((key) => key !== 'entrants')];
  for (const key of new Set(parameters.keys())) {
    // what sites add to links is none of ours, but a slip of the keyboard is
    const meant = known.includes(key) ? undefined : likely(key, known);
    if (meant !== undefined) problems.push(`“${key}” is not a setting; did you mean “${meant}”?`);
  }
  return { settings, problems };
}

/** What `parse` gives; or `otherwise`, and the reason among the problems. */
function attempt<T>(parse: () => T, otherwise: T, problems: string[]): T {
  try {
    return parse();
  } catch (error) {
    const used = otherwise ?? 'none';
    problems.push(`${error instanceof Error ? error.message : String(error)}; using ${used}`);
    return otherwise;
  }
}

function oneOf<T extends string>(what: string, names: readonly T[], text: string): T {
  const known = names.find((one) => one === text);
  if (!known) throw new RangeError(`${what}: expected one of ${names.join(', ')}, got “${text}”`);
  return known;
}

/** All optimizers and options of {@link entrantsText} that can be read, or the usual ones if there are none. */
export function entrantsFrom(text: string, problems: string[]): readonly Entrant[] {
  const entrants = new Map<RacerName, Entrant>();
  for (const part of text.split(',')) {
    const [name = '', ...options] = part.split('~');
    if (!isRacer(name)) problems.push(`race: expected optimizers out of ${NAMES.join(', ')}, got “${name}”`);
    else if (entrants.has(name)) problems.push(`race: “${name}” appears twice; using the first`);
    else entrants.set(name, { name, options: parseOptions(name, options, problems) });
  }
  return entrants.size > 0 ? [...entrants.values()] : DEFAULTS.entrants;
}

function parseOptions(name: RacerName, texts: readonly string[], problems: string[]): Given {
  const options: Partial<Record<OptionName, OptionValue | undefined>> = {};
  for (const text of texts) {
    const [key = '', value = ''] = text.split(':');
    const option = optionsOf(name).find((known) => known === key);
    if (option === undefined) problems.push(`race: ${name} has no option “${key}”`);
    else {
      const parse = () => parseOption(name, option, value, `${name} ${option}`);
      options[option] = attempt(parse, OPTIMIZERS[name].defaults[option], problems);
    }
  }
  return given(name, options);
}

const trainingOptions = (settings: Settings, options: Given) => {
  const { limit, entrants: _, ...rest } = settings;
  return { ...rest, ...options, threads: 1, ...(limit < TRAINING_IMAGES && { limit }) };
};

/** The command line that trains one of the racers. Equal lines give equal digests. */
export const trainLine = (settings: Settings, { name, options }: Entrant): string =>
  commandLine('train', [name], trainingOptions(settings, options), false);

/** The command lines that repeat the race: one if all have their own defaults, else one each. */
export function commandLines(settings: Settings): string[] {
  const { entrants } = settings;
  if (entrants.some(({ options }) => Object.keys(options).length > 0))
    return entrants.map((entrant) => trainLine(settings, entrant));
  return [
    commandLine(
      'compare',
      entrants.map(({ name }) => name),
      trainingOptions(settings, {}),
      false,
    ),
  ];
}

export const stepsPerEpoch = ({ limit, batchSize }: Settings): number => Math.ceil(limit / batchSize);
