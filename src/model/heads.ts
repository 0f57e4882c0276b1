/** The options of `compile`, output by output: a loss, its weight in the total, and metrics. */
import { lossOfFunction } from '../custom-loss.ts';
import { Loss, type LossFunction } from '../loss.ts';
import { type LossName, lossOf } from '../losses.ts';
import { type BoundMetric, type Metric, metricsOf } from '../metrics.ts';
import { checkNumber, checkOptions, show } from '../validate.ts';
import type { CheckedOptions, PerOutput } from './options.ts';

/** An output that is trained. */
export interface Head {
  /** Index of the output. */
  readonly index: number;
  /** Prefix of its keys in the history, '' if there is only one output. */
  readonly prefix: string;
  readonly loss: Loss;
  /** Factor of its loss in the total. */
  readonly weight: number;
  readonly metrics: readonly BoundMetric[];
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/** One for each output, in the order of `names`; undefined where a record has none. */
function byOutput<T>(what: string, value: PerOutput<T>, names: readonly string[]): readonly (T | undefined)[] {
  if (isRecord(value)) {
    checkOptions(what, value, names);
    return names.map((name) => (value as Readonly<Record<string, T>>)[name]);
  }
  if (!Array.isArray(value)) {
    if (names.length > 1)
      throw new TypeError(`${what} must be an array of ${names.length} or an object with the keys ${names.join(', ')}`);
    return [value as T];
  }
  if (value.length !== names.length)
    throw new RangeError(`${what} must be one for each of the ${names.length} outputs, got ${value.length}`);
  return value;
}

/** The same structure with each part mapped. */
export function mapOutputs<T, R>(value: PerOutput<T>, change: (one: T) => R): PerOutput<R> {
  if (Array.isArray(value)) return value.map(change);
  if (isRecord(value)) return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, change(one as T)]));
  return change(value as T);
}

/** The losses of `compile` as objects. */
export const lossesOf = (value: PerOutput<LossName | Loss | LossFunction>): PerOutput<Loss> =>
  // an empty object is not a loss for each output, but an invalid loss
  isRecord(value) && Object.keys(value).length === 0
    ? lossOf(value as never)
    : mapOutputs(value, (one) => (typeof one === 'function' ? lossOfFunction(one, {}, true) : lossOf(one)));

/** Metrics of a model with one output are a list, as everywhere in Keras. */
function metricsBy(
  what: string,
  value: CheckedOptions['metrics'] | undefined,
  names: readonly string[],
): readonly (readonly Metric[])[] {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return names.map(() => []);
  if (names.length === 1 && Array.isArray(value)) return [value];
  return byOutput(what, value, names).map((own) => (own === undefined ? [] : [own].flat()) as readonly Metric[]);
}

/** The heads of a model whose outputs have these names and columns. */
export function headsOf(
  options: CheckedOptions,
  names: readonly string[],
  cols: readonly (number | undefined)[],
  fit: (loss: Loss, index: number) => Loss = (loss) => loss,
): readonly Head[] {
  const { loss: given } = options;
  // one loss serves all outputs, as in Keras
  const each = given instanceof Loss ? names.map(() => given) : given;
  const losses = byOutput('loss', each, names);
  const weights = options.lossWeights === undefined ? [] : byOutput('lossWeights', options.lossWeights, names);
  const metrics = metricsBy('metrics', options.metrics, names);
  const weighted = metricsBy('weightedMetrics', options.weightedMetrics, names);
  const heads = losses.flatMap((own, index) => {
    const loss = own && fit(own, index);
    const [plain = [], counted = []] = [metrics[index], weighted[index]];
    const name = names[index] ?? '';
    if (loss === undefined) {
      if (plain.length + counted.length > 0) throw new RangeError(`the output ${name} has metrics but no loss`);
      return [];
    }
    const weight = weights[index] ?? 1;
    checkNumber(`the weight of the loss of ${name}`, weight, Number.NEGATIVE_INFINITY);
    const prefix = names.length === 1 ? '' : `${name}_`;
    return [{ index, prefix, loss, weight, metrics: metricsOf(plain, counted, cols[index], loss) }];
  });
  if (heads.length === 0) throw new TypeError(`compile needs a loss for one of the outputs, got ${show(options.loss)}`);
  checkKeys(heads);
  return heads;
}

/** @throws RangeError for keys of the history that two values would have, one of them perhaps in the validation. */
function checkKeys(heads: readonly Head[]): void {
  const keys = keysOf(heads);
  const all = [...keys, ...keys.map((key) => `val_${key}`)];
  const twice = all.find((key, i) => all.indexOf(key) !== i);
  if (twice !== undefined)
    throw new RangeError(
      `two values of the history would be called '${twice}': give a metric or an output another name`,
    );
}

/** The keys of the history that a pass measures, in order. */
export const keysOf = (heads: readonly Head[]): readonly string[] => [
  'loss',
  ...heads.flatMap(({ prefix, metrics }) => [
    ...(prefix === '' ? [] : [`${prefix}loss`]),
    ...metrics.map(({ key }) => prefix + key),
  ]),
];
