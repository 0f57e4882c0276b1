/**
 * Reads descriptions of models and of their parts (`toConfig` writes them) back: from a file, from another thread, from anybody. They
 * are checked to the last key before a byte is allocated, and by the very functions that a program would call.
 *
 * Names can only be looked up in tables, and tables hold on to all they name: whoever reads no descriptions does without this file.
 */
import type { Config, JsonObject } from '../config.ts';
import { type Initializer, initializerFunctions } from '../initializers.ts';
import * as layers from '../layers/index.ts';
import { namesOf } from '../layers/names.ts';
import { type Loss, type LossName, lossFunctions, lossOf } from '../losses.ts';
import { checkMetricName, type Metric } from '../metrics.ts';
import { names, type Optimizer, type OptimizerName, optimizerNamed, optimizerOf } from '../optimizers/index.ts';
import {
  cosineDecay,
  cosineDecayRestarts,
  exponentialDecay,
  inverseTimeDecay,
  piecewiseConstantDecay,
  polynomialDecay,
  type Schedule,
} from '../schedules/index.ts';
import { checkInteger, checkName, checkOptions, checkShape, show } from '../validate.ts';
import { chainOf } from './network.ts';
import type { CompileOptions, SequentialOptions, WeightShape } from './options.ts';
import { weightsOf as namedWeightsOf } from './parameters.ts';
import { type Sequential, sequential } from './sequential.ts';

/** A function of the public API, called with options that nobody has checked: it does that itself. */
type Maker<T> = (options: never) => T;
type Table<T> = Readonly<Record<string, Maker<T>>>;

/** The fields of an object as JSON makes them: all of `needed`, perhaps some of `optional`, and no others unless they may be `any`. */
function fieldsOf<K extends string>(
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
  // what is not there is undefined, whatever an object's prototype may hold
  return Object.assign(Object.create(null), value);
}

function listOf(what: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError(`${what} must be an array, got ${show(value)}`);
  return value;
}

/** Calls the function that a description names, with `change`d options. */
function make<T>(
  what: string,
  table: Table<T>,
  value: unknown,
  change: (options: JsonObject) => object = (options) => options,
): T {
  const { className, config } = fieldsOf(`the config of the ${what}`, value, ['className', 'config']);
  const name = checkName(what, className, Object.keys(table));
  const options = fieldsOf<string>(`the config of ${name}`, config, [], 'any');
  const call = table[name];
  if (call === undefined) throw new RangeError(`there is no ${what} '${name}'`);
  return call(change(options as JsonObject) as never);
}

const layerTable: Table<layers.Layer> = {
  dense: layers.dense,
  activation: layers.activation,
  dropout: layers.dropout,
  flatten: layers.flatten,
  reshape: layers.reshape,
};

const optimizerTable: Table<Optimizer> = Object.fromEntries(
  names.map((name) => [name, (options) => optimizerNamed(name, options)]),
);

const scheduleTable: Table<Schedule> = {
  exponentialDecay,
  piecewiseConstantDecay,
  polynomialDecay,
  inverseTimeDecay,
  cosineDecay,
  cosineDecayRestarts,
};

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
  if (strange !== undefined) throw new RangeError(`initializers.${className} has no option '${strange}'`);
  return made;
}

/**
 * The layer that `config` describes.
 *
 * @throws TypeError or RangeError for anything else.
 * @example
 * ```ts
 * import { configs } from 'simdescent';
 * const layer = configs.layerFrom({ className: 'dense', config: { units: 10, activation: 'relu' } });
 * ```
 */
export function layerFrom(config: unknown): layers.Layer {
  return make('layer', layerTable, config, (options) => {
    const { kernelInitializer: kernel, biasInitializer: bias } = options;
    return {
      ...options,
      ...(typeof kernel === 'object' && { kernelInitializer: initializerFrom(kernel) }),
      ...(typeof bias === 'object' && { biasInitializer: initializerFrom(bias) }),
    };
  });
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
export function scheduleFrom(config: unknown): Schedule {
  return make('schedule', scheduleTable, config);
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
  if (typeof config === 'string') return optimizerOf(config as OptimizerName);
  return make('optimizer', optimizerTable, config, (options) => {
    const { learningRate } = options;
    return typeof learningRate === 'object' ? { ...options, learningRate: scheduleFrom(learningRate) } : options;
  });
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
  if (typeof config === 'string') return lossOf(config as LossName);
  return make('loss', lossFunctions, config);
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
  const { optimizer, loss, metrics } = fieldsOf('the config of compile', config, ['optimizer', 'loss', 'metrics']);
  return {
    optimizer: optimizerFrom(optimizer),
    loss: lossFrom(loss),
    metrics: listOf('metrics', metrics).map((metric) => {
      if (typeof metric === 'object') return lossFrom(metric);
      checkMetricName(metric);
      return metric as Metric;
    }),
  };
}

/** A weight of a model that is described, not made. */
interface DescribedWeight extends WeightShape {
  readonly layer: string;
  readonly trainable: boolean;
}

interface Parsed {
  readonly stack: readonly layers.Layer[];
  readonly options: SequentialOptions;
  readonly inputShape: readonly number[] | undefined;
  readonly compile: CompileOptions | undefined;
}

/** Checks all of a model's description and makes its parts, which hold no memory of the runtime. */
function parse(value: unknown): Parsed {
  const what = 'the config of a model';
  const fields = fieldsOf(what, value, ['className', 'config'], ['inputShape', 'compile']);
  checkName('model', fields.className, ['sequential']);
  const { name, seed, layers: list } = fieldsOf(`the config of sequential`, fields.config, ['name', 'seed', 'layers']);
  if (typeof name !== 'string') throw new TypeError(`the name of a model must be a string, got ${show(name)}`);
  checkInteger('seed', seed, 0);
  const stack = listOf('layers', list).map(layerFrom);
  namesOf(stack);
  const { inputShape, compile } = fields;
  if (inputShape !== undefined) checkShape('inputShape', inputShape);
  return {
    stack,
    options: { name, seed: seed as number },
    inputShape: inputShape === undefined ? undefined : [...(inputShape as readonly number[])],
    compile: compile === undefined ? undefined : compileOptionsFrom(compile),
  };
}

/**
 * The model that `config` describes: built if it had been, compiled if it had been, its weights drawn anew from its seed, which gives
 * the same bits as the first time.
 *
 * @throws TypeError or RangeError, before anything is allocated, for anything but the description of a model; RangeError if there is
 * no memory for it.
 * @example
 * ```ts
 * import { configs, layers, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 2, inputShape: [3] })], { seed: 1 });
 * const text = JSON.stringify(model.toConfig());
 * const twin = configs.modelFrom(JSON.parse(text));
 * ```
 */
export function modelFrom(config: unknown, options: Pick<SequentialOptions, 'runtime'> = {}): Sequential {
  return modelCompiledWith(config, options);
}

/** The same; compiled while the layers of these names were `frozen`, whether they are now or not. @internal */
export function modelCompiledWith(
  config: unknown,
  options: Pick<SequentialOptions, 'runtime'>,
  frozen?: readonly string[],
): Sequential {
  checkOptions('modelFrom', options, ['runtime']);
  const { stack, inputShape, compile, options: own } = parse(config);
  const shape = inputShape ?? stack[0]?.inputShape;
  if (shape !== undefined) {
    // finds out what does not fit, before there is a model
    chainOf(stack, shape);
    for (const layer of stack) layer.reset();
  }
  const model = sequential(stack, { ...own, ...options });
  try {
    if (inputShape !== undefined) model.build(inputShape);
    if (compile !== undefined) compileWhile(model, compile, frozen);
    return model;
  } catch (error) {
    model.dispose();
    throw error;
  }
}

/** Compiles the model with just the layers of these names frozen. */
function compileWhile(model: Sequential, compile: CompileOptions, frozen: readonly string[] | undefined): void {
  const now = model.layers.map(({ trainable }) => trainable);
  if (frozen !== undefined) for (const layer of model.layers) layer.trainable = !frozen.includes(layer.name);
  model.compile(compile);
  for (const [i, layer] of model.layers.entries()) layer.trainable = now[i] ?? true;
}

/**
 * Names and shapes of the weights of the model that `config` describes, without making it: what to compare a file with before memory
 * is asked for. Empty if the shape of its samples is not known.
 *
 * @throws as {@link modelFrom}.
 * @example
 * ```ts
 * import { configs, layers, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 2, inputShape: [3] })]);
 * configs.weightsOf(model.toConfig()); // dense/kernel [3, 2] and dense/bias [2]
 * ```
 */
export function weightsOf(config: unknown): readonly WeightShape[] {
  return describedWeights(config).map(({ name, shape }) => ({ name, shape }));
}

/** The same with the layers they belong to, and whether training may change them. @internal */
export function describedWeights(config: unknown): readonly DescribedWeight[] {
  const { stack, inputShape } = parse(config);
  const shape = inputShape ?? stack[0]?.inputShape;
  if (shape === undefined) return [];
  const names = namesOf(stack);
  for (const [i, layer] of stack.entries()) layer.claim(names[i] ?? layer.name);
  return namedWeightsOf(chainOf(stack, shape)).map(({ name, layer, weight }) => ({
    name,
    shape: weight.shape,
    layer: layer.name,
    trainable: weight.trainable,
  }));
}
