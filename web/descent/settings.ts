/** The settings of a descent, and their place in the address of the page. */
import type { RacerName } from '../optimizers.ts';
import { DEFAULTS, type Entrant, entrantsFrom, entrantsText, type Given, given, parseNumber } from '../settings.ts';
import type { View } from '../ui/heights.ts';
import { evaluate, parse } from './expression.ts';
import { SURFACES, type Surface, surfaceBy } from './surfaces.ts';

export interface Settings {
  readonly entrants: readonly Entrant[];
  /** One of the surfaces, or one that was typed. */
  readonly surface: Surface;
  readonly start: readonly [number, number];
}

/** Rates at which each optimizer shows on these surfaces what it does; on a network Keras' defaults are right. */
const RATES: Partial<Readonly<Record<RacerName, number>>> = {
  ...{ sgd: 0.02, momentum: 0.01, nesterov: 0.01, adagrad: 0.5, rmsprop: 0.05, adam: 0.1, adamw: 0.1, nadam: 0.1 },
  ...{
    ftrl: 0.5,
    adadelta: 1,
    adamax: 0.1,
    yogi: 0.1,
    signSgd: 0.02,
    radam: 0.03,
    adabelief: 0.1,
    adan: 0.1,
    lion: 0.03,
  },
  ...{
    scheduleFreeSgd: 0.02,
    scheduleFreeAdamW: 0.1,
    lamb: 0.03,
    lars: 3,
    novograd: 0.03,
    muon: 0.1,
    adafactor: 0.1,
  },
  ...{ ademamix: 0.1, adabound: 0.1, rprop: 0.05, asgd: 0.02, sophia: 0.05, soap: 0.1 },
};

/** Other options than the library's: AdaBound ends as SGD, and does so with a rate at which SGD descends here. */
const FURTHER: Partial<Readonly<Record<RacerName, Given>>> = { adabound: { finalLearningRateRatio: 0.2 } };

/** Their steps (RAdam's first five) are as long as the gradient, and too long where a surface is steep; all others divide by its size. */
const PROPORTIONAL: ReadonlySet<RacerName> = new Set([
  'sgd',
  'momentum',
  'nesterov',
  'asgd',
  'scheduleFreeSgd',
  'radam',
]);

/** An optimizer with the options that it has on this surface if no others are given. */
export function entrant(name: RacerName, { rate = 1 }: Pick<Surface, 'rate'> = {}): Entrant {
  const usual = RATES[name];
  const learningRate = usual && PROPORTIONAL.has(name) ? Number((usual * rate).toPrecision(3)) : usual;
  return { name, options: given(name, { learningRate, ...FURTHER[name] }) };
}

const usual = (surface: Surface): readonly Entrant[] => DEFAULTS.entrants.map(({ name }) => entrant(name, surface));

/** The settings on another surface: what has the options that it has if no others are given still has, everything else stays. */
export function onSurface(settings: Settings, surface: Surface, start: Settings['start']): Settings {
  const entrants = settings.entrants.map((one) =>
    entrantsText([one]) === entrantsText([entrant(one.name, settings.surface)]) ? entrant(one.name, surface) : one,
  );
  return { entrants, surface, start };
}

const [first] = SURFACES;
if (first === undefined) throw new Error('there are no surfaces');
const ARTICLE: Surface = first;

const SQUARE: View = [-3, 3, -3, 3];
const CUSTOM = { name: 'own', title: 'Your own function', hint: '', start: [2, 1.5], view: SQUARE } as const;
/** How finely a function of unknown minima is searched for its lowest place. */
const CELLS = 240;

/** A surface of the user's own. @throws RangeError if it cannot be read, or has no value anywhere in the view. */
export function surfaceFrom(text: string): Surface {
  const known = SURFACES.find((one) => one.text === text.trim());
  if (known) return known;
  const f = evaluate(parse(text));
  const [left, right, bottom, top] = SQUARE;
  let lowest = Number.POSITIVE_INFINITY;
  let place: readonly [number, number, boolean] | undefined;
  for (let i = 0; i <= CELLS; i++)
    for (let j = 0; j <= CELLS; j++) {
      const [x, y] = [left + ((right - left) * i) / CELLS, bottom + ((top - bottom) * j) / CELLS];
      const value = f(x, y);
      if (!(value < lowest)) continue;
      lowest = value;
      place = [x, y, i % CELLS > 0 && j % CELLS > 0];
    }
  if (place === undefined) throw new RangeError('has no value between -3 and 3');
  // lowest at the edge: it falls on outside of the picture
  const [x, y, within] = place;
  return { ...CUSTOM, text: text.trim(), minima: within ? [[x, y]] : [] };
}

/** Coordinates as `1, 2`. */
export function parseStart(text: string): readonly [number, number] {
  const numbers = text.split(',').map((part) => parseNumber(part, 'start', { from: -1e6, to: 1e6 }));
  const [x, y] = numbers;
  if (x === undefined || y === undefined || numbers.length > 2)
    throw new RangeError(`start: expected two numbers, x and y, got “${text}”`);
  return [x, y];
}

/** Four significant digits, as in links and fields. */
export const coordinate = (value: number): string => String(Number(value.toPrecision(4)));

export function toQuery({ entrants, surface, start }: Settings): string {
  const parts: string[] = [];
  if (entrantsText(entrants) !== entrantsText(usual(surface))) parts.push(`race=${entrantsText(entrants)}`);
  if (surface.name === CUSTOM.name) parts.push(`f=${encodeURIComponent(surface.text)}`);
  else if (surface !== ARTICLE) parts.push(`surface=${surface.name}`);
  if (start.join() !== surface.start.join()) parts.push(`start=${start.map(coordinate).join(',')}`);
  return parts.length > 0 ? `?${parts.join('&')}` : '';
}

/** Settings from an address; `problems` names each part that cannot be used. */
export function fromQuery(query: string): { settings: Settings; problems: readonly string[] } {
  const parameters = new URLSearchParams(query);
  const problems: string[] = [];
  const read = <T>(key: string, parse: (text: string) => T, otherwise: T): T => {
    const text = parameters.get(key);
    if (text === null) return otherwise;
    try {
      return parse(text);
    } catch (error) {
      problems.push(`${key}: ${error instanceof Error ? error.message : String(error)}`);
      return otherwise;
    }
  };
  const named = read(
    'surface',
    (text) => {
      const known = surfaceBy(text);
      if (!known) throw new RangeError(`expected one of ${SURFACES.map(({ name }) => name).join(', ')}, got “${text}”`);
      return known;
    },
    ARTICLE,
  );
  const surface = read('f', surfaceFrom, named);
  const start = read('start', parseStart, surface.start);
  const race = parameters.get('race');
  const entrants = race === null ? usual(surface) : entrantsFrom(race, problems);
  return { settings: { entrants, surface, start }, problems };
}
