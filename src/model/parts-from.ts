/** Reads descriptions of a model's parts back (from-config.ts says how): initializers, schedules, optimizers, losses. */
import type { Config, JsonObject } from '../config.ts';
import { lossOfFunction } from '../custom-loss.ts';
import { type Initializer, initializerFunctions } from '../initializers.ts';
import type { Loss, LossFunction } from '../loss.ts';
import * as focal from '../losses/focal.ts';
import * as hinges from '../losses/hinges.ts';
import * as overlap from '../losses/overlap.ts';
import * as regression from '../losses/regression.ts';
import { type LossName, lossFunctions, lossOf } from '../losses.ts';
import * as metricFunctions from '../metrics/index.ts';
import { checkMetricName, isMetricName, type Metric } from '../metrics.ts';
import { OPTIMIZERS, optimizerFunctions } from '../optimizers/all.ts';
import { lookahead } from '../optimizers/lookahead.ts';
import { multiOptimizer } from '../optimizers/multi-optimizer.ts';
import type { Optimizer } from '../optimizers/optimizer.ts';
import { sam } from '../optimizers/sam.ts';
import { missing, registered } from '../registry.ts';
import * as schedules from '../schedules/index.ts';
import { checkName, checkOptions, checkSpelling, show, spelt } from '../validate.ts';
import { mapOutputs } from './heads.ts';
import type { CompileOptions, PerOutput } from './options.ts';

/** A function of the public API, which checks its options itself. */
type Maker<T> = (options: never) => T;
export type Table<T> = Readonly<Record<string, Maker<T>>>;

/** The fields of an object from JSON: all of `needed`, maybe some of `optional`, and no others unless `any` are allowed. */
export function fieldsOf<K extends string>(
  what: string,
  value: unknown,
  needed: readonly K[],
  optional: readonly K[] | 'any' = [],
): Readonly<Partial<Record<K, unknown>>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new TypeError(`${what} must be an object, got ${show(value)}`);
  if (optional !== 'any') checkOptions(what, value, [...needed, ...optional]);
  const missing = needed.find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) throw new TypeError(`${what} has no ${missing}`);
  // missing fields are undefined, whatever the object's prototype has
  return Object.assign(Object.create(null), value);
}

export function listOf(what: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError(`${what} must be an array, got ${show(value)}`);
  return value;
}

/** Calls the function that a description names, with `change`d options. */
export function make<T>(
  what: string,
  table: Table<T>,
  value: unknown,
  change: (options: JsonObject) => object = (options) => options,
): T {
  const { className, config } = fieldsOf(`the config of the ${what}`, value, ['className', 'config']);
  const name = checkName(what, className, Object.keys(table));
  const options = fieldsOf<string>(`the config of ${name}`, config, [], 'any');
  const call = table[name];
  if (call === undefined) throw new RangeError(`there is no ${what} ${show(name)}`);
  return call(change(options as JsonObject) as never);
}

/** An option of a schedule: others within are described as well. */
function withSchedules(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withSchedules);
  return typeof value === 'object' && value !== null ? scheduleFrom(value) : value;
}

/**
 * The initializer that `config` describes.
 *
 * @throws TypeError or RangeError for anything else.
 * @example
 * ```ts
 * import { configs } from 'simdescent';
 * const initializer = configs.initializerFrom({ className: 'randomNormal', config: { stddev: 0.01 } });
 * ```
 */
export function initializerFrom(config: unknown): Initializer {
  const made = make('initializer', initializerFunctions, config);
  // most take no options and so never look at them
  const { className, config: options } = config as Config;
  const strange = Object.keys(options).find((key) => !Object.hasOwn(made.options, key));
  if (strange !== undefined) throw new RangeError(`initializers.${className} has no option ${show(strange)}`);
  return made;
}

/**
 * The learning rate schedule that `config` describes.
 *
 * @throws TypeError or RangeError for anything else.
 * @example
 * ```ts
 * import { configs } from 'simdescent';
 * const config = { initialLearningRate: 0.1, decaySteps: 1000 };
 * const schedule = configs.scheduleFrom({ className: 'cosineDecay', config });
 * ```
 */
export function scheduleFrom(config: unknown): schedules.Schedule {
  return make<schedules.Schedule>('schedule', schedules, config, (options) =>
    Object.fromEntries(Object.entries(options).map(([key, value]) => [key, withSchedules(value)])),
  );
}

/**
 * The optimizer that `config` describes or names, at iteration 0.
 *
 * @throws TypeError or RangeError for anything else.
 * @example
 * ```ts
 * import { configs } from 'simdescent';
 * const optimizer = configs.optimizerFrom({ className: 'adam', config: { learningRate: 0.01 } });
 * ```
 */
export function optimizerFrom(config: unknown): Optimizer {
  if (typeof config === 'string') return optimizerFunctions[checkSpelling('optimizer', config, OPTIMIZERS)]();
  return make('optimizer', { ...optimizerFunctions, lookahead, multiOptimizer, sam }, config, (options) => {
    const { learningRate, defaultOptimizer, optimizer } = options;
    if (defaultOptimizer !== undefined) return partsFrom(options);
    if (optimizer !== undefined) return { ...options, optimizer: optimizerFrom(optimizer) };
    return typeof learningRate === 'object' ? { ...options, learningRate: scheduleFrom(learningRate) } : options;
  });
}

/** Options of `multiOptimizer`, in which `{ className: 'shared', config: { optimizer: 0 } }` is the optimizer described first. */
function partsFrom({ defaultOptimizer, optimizerMap = {}, ...others }: JsonObject): object {
  const made = [optimizerFrom(defaultOptimizer)];
  const partFrom = (config: unknown): Optimizer => {
    if (Object(config).className === 'shared') {
      const { optimizer } = fieldsOf('the config of a shared optimizer', Object(config).config, ['optimizer']);
      const shared = made[Number(optimizer)];
      if (shared === undefined) throw new RangeError(`there is no optimizer number ${show(optimizer)} to share`);
      return shared;
    }
    const part = optimizerFrom(config);
    made.push(part);
    return part;
  };
  const map = fieldsOf<string>('optimizerMap', optimizerMap, [], 'any');
  const parts = Object.entries(map).map(([names, config]) => [names, partFrom(config)]);
  return { ...others, defaultOptimizer: made[0], optimizerMap: Object.fromEntries(parts) };
}

/**
 * The loss that `config` describes or names.
 *
 * @throws TypeError or RangeError for anything else.
 * @example
 * ```ts
 * import { configs } from 'simdescent';
 * const loss = configs.lossFrom({ className: 'huber', config: { delta: 2 } });
 * ```
 */
export function lossFrom(config: unknown): Loss {
  if (typeof config === 'string') {
    const further = spelt(config, Object.keys(furtherLosses()) as FurtherLoss[], furtherAliases);
    return further === undefined ? lossOf(config as LossName) : furtherLosses()[further]();
  }
  const own = { custom: ownLoss(false), function: ownLoss(true) };
  return make('loss', { ...lossFunctions, ...furtherLosses(), ...own }, config, ({ axis, ...others }) =>
    axis === undefined || axis === null ? others : { ...others, axis },
  );
}

/** Losses that `compile` does not know by name, so that a program has only those that it uses. */
// a function, because bundlers keep what spreads outside of one: it might run code
const furtherLosses = () => ({ ...overlap, ...focal, ...hinges, ...regression });
type FurtherLoss = keyof ReturnType<typeof furtherLosses>;
const furtherAliases: Readonly<Record<string, FurtherLoss>> = {
  mape: 'meanAbsolutePercentageError',
  msle: 'meanSquaredLogarithmicError',
  kld: 'klDivergence',
};

const lossNames = (): readonly string[] => [
  'custom',
  'function',
  ...Object.keys({ ...lossFunctions, ...furtherLosses() }),
];

/**
 * The metric that `config` describes or names: other than `compile`, it knows all metrics by name.
 *
 * @throws TypeError or RangeError for anything else.
 * @example
 * ```ts
 * import { configs, layers, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 1, activation: 'sigmoid', inputShape: [2] })]);
 * model.compile({ loss: 'binaryCrossentropy', metrics: [configs.metricFrom('auc')] });
 * ```
 */
export function metricFrom(config: unknown): Metric {
  if (typeof config !== 'object') {
    const name = spelt(config, Object.keys(metricFunctions)) as keyof typeof metricFunctions | undefined;
    // the names that compile knows stay names: they are keys of the history
    if (isMetricName(config) || name === undefined) {
      checkMetricName(config);
      return config as Metric;
    }
    return make<Metric>('metric', metricFunctions, { className: name, config: {} });
  }
  const { className, config: options } = fieldsOf('the config of a metric', config, ['className', 'config']);
  // a metric has a name, also where a loss is called the same
  const isLoss = /^(custom|function)$/.test(String(className)) || !Object.hasOwn(Object(options), 'name');
  return isLoss && lossNames().includes(String(className))
    ? lossFrom(config)
    : make<Metric>('metric', metricFunctions, config, (options) =>
        'loss' in options ? { ...options, loss: lossFrom(options.loss) } : options,
      );
}

/** A user's loss, by the name of its function. */
function ownLoss(plain: boolean): Maker<Loss> {
  return (options: unknown) => {
    const { function: name, ...others } = fieldsOf<string>('the config of a loss', options, ['function'], 'any');
    const fn = registered('loss', String(name)) ?? missing('loss', String(name));
    return lossOfFunction(fn as LossFunction, others, plain);
  };
}

/**
 * The options of `compile` that `config` describes.
 *
 * @throws TypeError or RangeError for anything else.
 * @example
 * ```ts
 * import { configs, layers, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 1, inputShape: [2] })]);
 * model.compile(configs.compileOptionsFrom({ optimizer: 'adam', loss: 'mse', metrics: ['mae'] }));
 * ```
 */
export function compileOptionsFrom(config: unknown): CompileOptions {
  const what = 'the config of compile';
  const fields = fieldsOf(what, config, ['optimizer', 'loss', 'metrics'], ['lossWeights', 'weightedMetrics']);
  const { optimizer, loss, lossWeights, metrics, weightedMetrics } = fields;
  return {
    optimizer: optimizerFrom(optimizer),
    loss: perOutput(loss, lossFrom),
    metrics: metricsFrom('metrics', metrics),
    ...(weightedMetrics !== undefined && { weightedMetrics: metricsFrom('weightedMetrics', weightedMetrics) }),
    ...(lossWeights !== undefined && { lossWeights: perOutput(lossWeights, Number) }),
  };
}

function metricsFrom(what: string, value: unknown): NonNullable<CompileOptions['metrics']> {
  const own = (one: unknown): Metric | readonly Metric[] =>
    Array.isArray(one) ? one.map(metricFrom) : metricFrom(one);
  const all = Array.isArray(value) ? value.map(own) : perOutput(objectOf(what, value), own);
  return all as NonNullable<CompileOptions['metrics']>;
}

function objectOf(what: string, value: unknown): object {
  if (typeof value !== 'object' || value === null) throw new TypeError(`${what} must be an array, got ${show(value)}`);
  return value;
}

/** One description, or one for each output: in an array, or by name. */
const perOutput = <T>(value: unknown, from: (one: unknown) => T): PerOutput<T> =>
  Object.hasOwn(Object(value), 'className') ? from(value) : mapOutputs(value as PerOutput<unknown>, from);
