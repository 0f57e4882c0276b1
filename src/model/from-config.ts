/**
 * Reads descriptions of models and of their parts (`toConfig` writes them) back: from a file, from another thread, from anybody. They
 * are checked to the last key before a byte is allocated, by the same functions that a program would call.
 *
 * Names can only be looked up in tables, and tables hold on to all they name, so programs that read no descriptions leave this file out.
 */
import type { ActivationFunction } from '../activations.ts';
import { configsOf, type Seen } from '../config.ts';
import type { Constraint, ConstraintFunction } from '../constraint.ts';
import * as constraints from '../constraints.ts';
import type { CustomLayer } from '../layers/custom.ts';
import * as layers from '../layers/index.ts';
import { namesOf } from '../layers/names.ts';
import { type InputOptions, input, type SymbolicTensor } from '../layers/symbolic.ts';
import type { LossFunction } from '../losses.ts';
import * as activations from '../ops/activations.ts';
import { exp } from '../ops/elementwise.ts';
import * as furtherActivations from '../ops/further-activations.ts';
import type { SymbolicValue } from '../ops/symbolic.ts';
import { missing, type Registered, registerAs, registered } from '../registry.ts';
import type { RegularizerFunction } from '../regularizers.ts';
import { seedsOf } from '../seeds.ts';
import { describeTrace } from '../trace.ts';
import { checkInteger, checkName, checkOptions, checkShape, isObject, show } from '../validate.ts';
import type { ModelConfig } from './config.ts';
import { Functional, type Ports, traced } from './functional.ts';
import { mapOutputs } from './heads.ts';
import { ModelLayer } from './nested.ts';
import { chainOf, type Network } from './network.ts';
import type { CompileOptions, PerOutput, SequentialOptions, WeightShape } from './options.ts';
import { weightsOf as namedWeightsOf } from './parameters.ts';
import { compileOptionsFrom, fieldsOf, initializerFrom, listOf, make, type Table } from './parts-from.ts';
import { type Sequential, sequential } from './sequential.ts';

export {
  compileOptionsFrom,
  initializerFrom,
  lossFrom,
  metricFrom,
  optimizerFrom,
  scheduleFrom,
} from './parts-from.ts';

/** A function, because bundlers keep what spreads outside of one. */
const layerTable = (): Table<layers.Layer> => ({ ...layers, lambda: lambdaFrom });

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
  return readLayer(config, []);
}

/** The same as a part of a model: a shared layer is described only the first time. `shared` collects the layers read so far. */
function readLayer(config: unknown, shared: layers.Layer[]): layers.Layer {
  if (Object(config).className === 'shared') {
    const { layer } = fieldsOf('the config of a shared layer', Object(config).config, ['layer']);
    return numbered('the number of a shared layer', shared, layer);
  }
  const table = { ...layerTable(), model: (options: unknown) => modelLayerFrom(options, shared), ...ownLayer(config) };
  const layer = make('layer', table, config, (options) => {
    const parts = Object.entries(options).map(([key, value]) => [key, partFrom(key, value)]);
    return Object.fromEntries(parts);
  });
  shared.push(layer);
  return layer;
}

/** A function that is an activation: one of `ops`, or one of the user's own. */
function activationFrom(config: unknown): ActivationFunction {
  const name = String(fieldsOf('an activation', config, ['function']).function);
  // of `ops`: those that layers may be given
  const known = new Map<string, unknown>(Object.entries({ ...activations, ...furtherActivations, exp }));
  return (registered('activation', name) ?? known.get(name) ?? missing('activation', name)) as ActivationFunction;
}

/** An option of a layer, which may be a description, as an optimizer's schedule may. */
function partFrom(key: string, value: unknown): unknown {
  if (!isObject(value)) return value;
  if (key.endsWith('Initializer')) return initializerFrom(value);
  if (key.endsWith('Constraint')) return constraintFrom(value);
  return key === 'activation' && 'function' in value ? activationFrom(value) : value;
}

/** A constraint, or the user's own function. */
function constraintFrom(config: unknown): Constraint | ConstraintFunction {
  if (!Object.hasOwn(Object(config), 'function')) return make<Constraint>('constraint', { ...constraints }, config);
  const name = String(fieldsOf('a constraint', config, ['function']).function);
  return (registered('constraint', name) ?? missing('constraint', name)) as ConstraintFunction;
}

const isOurs = (className: string): boolean =>
  Object.hasOwn(layerTable(), className) || className === 'model' || className === 'shared';

/** The user's class that a description names, if the name is not the library's. */
function ownLayer(config: unknown): Table<layers.Layer> {
  const { className } = Object(config);
  if (typeof className !== 'string' || isOurs(className)) return {};
  const Own = registered('layer', className) as (new (options: never) => layers.Layer) | undefined;
  // the library's own names begin with a small letter
  if (Own === undefined) return /^[A-Z]/.test(className) ? missing('layer', className) : {};
  return { [className]: (options) => new Own(options) };
}

/** A function that is a layer. */
function lambdaFrom(options: unknown): layers.Layer {
  const { function: name, ...others } = fieldsOf<string>('the config of lambda', options, ['function'], 'any');
  const fn = registered('lambda', String(name));
  if (fn === undefined) missing('lambda', String(name));
  return layers.lambda(fn as Parameters<typeof layers.lambda>[0], others);
}

type LayerClass = abstract new (options: never) => CustomLayer;

/** Exactly one of these is registered. */
export interface Registrable {
  /** A class that extends `CustomLayer`. */
  readonly layer?: LayerClass;
  /** A function given to `layers.lambda`. */
  readonly lambda?: (...args: never[]) => SymbolicValue;
  /** A loss or metric function. */
  readonly loss?: LossFunction;
  /** A regularizer function. */
  readonly regularizer?: RegularizerFunction;
  /** An activation function. */
  readonly activation?: ActivationFunction;
  /** A constraint function. */
  readonly constraint?: ConstraintFunction;
}

/**
 * Names a class or a function of your own in saved models and descriptions. Models that use it can then be loaded, here and in
 * a worker whose own module registers it too. Registering a name again replaces what it meant.
 *
 * @throws RangeError for one of the library's own names, or nothing to register; TypeError for anything but a function or class.
 * @example
 * ```ts
 * import { configs, layers, ops, type SymbolicValue } from 'simdescent';
 * const double = (x: SymbolicValue) => ops.multiply(x, 2);
 * configs.register('double', { lambda: double });
 * configs.layerFrom(layers.lambda(double).toConfig());
 * ```
 */
export function register(name: string, own: Registrable): void {
  checkOptions('configs.register', own, registrable);
  const entries = Object.entries(own) as [Registered, unknown][];
  if (entries.length === 0) throw new RangeError(`configs.register needs one of ${registrable.join(', ')}`);
  if (own.layer !== undefined && isOurs(name))
    throw new RangeError(`'${name}' is a layer of the library: give yours another name`);
  for (const [kind, one] of entries) registerAs(kind, name, one);
}

const registrable: readonly Registered[] = ['layer', 'lambda', 'loss', 'regularizer', 'activation', 'constraint'];

/** A weight of a described model, which does not exist yet. */
interface DescribedWeight extends WeightShape {
  readonly layer: string;
  readonly trainable: boolean;
}

/** A described model, not yet made: it holds no memory of the runtime. */
interface Parsed {
  readonly name: string;
  readonly seed: number;
  readonly compile: CompileOptions | undefined;
  /** Its network; undefined while the shape of its samples is unknown. */
  readonly network: () => Network | undefined;
  readonly layers: readonly layers.Layer[];
  /** As plain JSON. */
  readonly describe: (seen: Seen) => ModelConfig;
  readonly make: (options: Pick<SequentialOptions, 'runtime'>) => Sequential | Functional;
}

/** Checks all of a model's description; `known` are the layers read so far of the model that contains it. */
function parse(value: unknown, known: layers.Layer[] = []): Parsed {
  const what = 'the config of a model';
  const { className, config, inputShape, compile } = fieldsOf(
    what,
    value,
    ['className', 'config'],
    ['inputShape', 'compile'],
  );
  const kind = checkName('model', className, ['sequential', 'functional']);
  const compiled = compile === undefined ? undefined : compileOptionsFrom(compile);
  const parsed = kind === 'sequential' ? parseStack(config, inputShape, known) : parseGraph(config, known);
  return { ...parsed, compile: compiled };
}

function ownOptions(name: unknown, seed: unknown): { readonly name: string; readonly seed: number } {
  if (typeof name !== 'string') throw new TypeError(`the name of a model must be a string, got ${show(name)}`);
  checkInteger('seed', seed, 0);
  return { name, seed: seed as number };
}

function parseStack(config: unknown, inputShape: unknown, known: layers.Layer[]): Omit<Parsed, 'compile'> {
  const { name, seed, layers: list } = fieldsOf('the config of sequential', config, ['name', 'seed', 'layers']);
  const own = ownOptions(name, seed);
  const stack = listOf('layers', list).map((one) => readLayer(one, known));
  const names = namesOf(stack);
  if (inputShape !== undefined) checkShape('inputShape', inputShape);
  const shape = (inputShape as layers.Shape | undefined) ?? stack[0]?.inputShape;
  return {
    ...own,
    layers: stack,
    network() {
      for (const [i, layer] of stack.entries()) layer.claim(names[i] ?? layer.name);
      return shape && chainOf(stack, shape);
    },
    describe: (seen) => ({
      className: 'sequential',
      config: { ...own, layers: configsOf(stack, seen) },
      ...(shape !== undefined && { inputShape: [...shape] }),
    }),
    make(options) {
      const model = sequential(stack, { ...own, ...options });
      if (shape !== undefined) model.build(shape);
      return model;
    },
  };
}

/** The item with this number; other keys of a list, like `length`, do not count. */
function numbered<T>(what: string, list: readonly T[], number: unknown): T {
  checkInteger(what, number, 0, list.length - 1);
  return list[number as number] as T;
}

function parseGraph(config: unknown, known: layers.Layer[]): Omit<Parsed, 'compile'> {
  const what = 'the config of functional';
  const fields = fieldsOf(what, config, ['name', 'seed', 'layers', 'inputs', 'calls', 'outputs']);
  const own = ownOptions(fields.name, fields.seed);
  const all = listOf('layers', fields.layers).map((one) => readLayer(one, known));
  const inputs = listOf('inputs', fields.inputs).map((one) => {
    const { name, shape } = fieldsOf('an input', one, ['name', 'shape']);
    return input({ name, shape } as InputOptions);
  });
  const values: SymbolicTensor[] = [...inputs];
  const valueAt = (number: unknown): SymbolicTensor => numbered(`${what}: the number of a value`, values, number);
  for (const call of listOf('calls', fields.calls)) {
    const { layer: index, inputs: numbers } = fieldsOf('a call', call, ['layer', 'inputs']);
    const layer = numbered(`${what}: the number of a layer`, all, index);
    const given = listOf('inputs of a call', numbers).map(valueAt);
    const [first] = given;
    if (first === undefined) throw new RangeError(`${what}: ${layer.name} is called on nothing`);
    values.push(...first.feed(layer, given));
  }
  const outputs = mapOutputs(fields.outputs as PerOutput<unknown>, valueAt) as Ports;
  const options = { inputs, outputs, ...own };
  const found = traced(options);
  const { network } = found;
  if (network.layers.length !== all.length)
    throw new RangeError(`${what} has ${all.length} layers, of which ${network.layers.length} are called`);
  return {
    ...own,
    layers: all,
    network: () => network,
    describe: (seen) => ({ className: 'functional', config: { ...own, ...describeTrace(found, seen) } }) as ModelConfig,
    make: (more) => new Functional({ ...options, ...more }),
  };
}

/** A nested model. */
function modelLayerFrom(options: unknown, known: layers.Layer[]): layers.Layer {
  const { model: config } = fieldsOf('the config of a model within a model', options, ['model']);
  const { name, seed, network, describe } = parse(config, known);
  const inner = network();
  if (inner === undefined) throw new RangeError(`the model ${name} within a model has no inputShape`);
  return new ModelLayer(name, () => inner, describe, seedsOf(seed));
}

/**
 * The model that `config` describes: built and compiled if that one was, with weights drawn from its seed, which gives
 * the same bits as the first time.
 *
 * @throws TypeError or RangeError, before anything is allocated, for anything but the description of a model; RangeError if there is
 * no memory for it. For the type of a functional model, write `modelFrom<Functional>(config)`.
 * @example
 * ```ts
 * import { configs, layers, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 2, inputShape: [3] })], { seed: 1 });
 * const text = JSON.stringify(model.toConfig());
 * const twin = configs.modelFrom(JSON.parse(text));
 * ```
 */
export function modelFrom<M extends Sequential | Functional = Sequential>(
  config: unknown,
  options: Pick<SequentialOptions, 'runtime'> = {},
): M {
  return modelCompiledWith(config, options);
}

/** The same; compiled as if the layers of these names were `frozen`. @internal */
export function modelCompiledWith<M extends Sequential | Functional>(
  config: unknown,
  options: Pick<SequentialOptions, 'runtime'>,
  frozen?: readonly string[],
): M {
  checkOptions('modelFrom', options, ['runtime']);
  const { layers: own, network, compile, make: create } = parse(config);
  // finds errors before there is a model
  network();
  for (const layer of own) layer.reset();
  const model = create(options);
  try {
    if (compile !== undefined) compileWhile(model, compile, frozen);
    // the config says which kind it is
    return model as M;
  } catch (error) {
    model.dispose();
    throw error;
  }
}

/** Compiles the model with exactly the layers of these names frozen. */
function compileWhile(
  model: Sequential | Functional,
  compile: CompileOptions,
  frozen: readonly string[] | undefined,
): void {
  const { leaves } = model;
  const now = leaves.map(({ layer }) => layer.trainable);
  if (frozen !== undefined) for (const { layer, path } of leaves) layer.trainable = !frozen.includes(path);
  model.compile(compile);
  for (const [i, { layer }] of leaves.entries()) layer.trainable = now[i] ?? true;
}

/**
 * Names and shapes of the weights of the model that `config` describes, without making it, to compare with a file before allocating
 * memory. Empty if the shape of its samples is unknown.
 *
 * @throws like {@link modelFrom}.
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

/** The calls of the described model's layers, with the shapes of all values; undefined if the shape of its samples is unknown. @internal */
export function describedNetwork(config: unknown): Network | undefined {
  return parse(config).network();
}

/** The weights of the described model with their layers, and whether training may change them. @internal */
export function describedWeights(config: unknown): readonly DescribedWeight[] {
  const network = parse(config).network();
  return (network === undefined ? [] : namedWeightsOf(network)).map(({ name, path, weight }) => ({
    name,
    shape: weight.shape,
    layer: path,
    trainable: weight.trainable,
  }));
}
