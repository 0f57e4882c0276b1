/**
 * Reads descriptions of models and of their parts (`toConfig` writes them) back: from a file, from another thread, from anybody. They
 * are checked to the last key before a byte is allocated, by the same functions that a program would call.
 *
 * Names can only be looked up in tables, and tables hold on to all they name, so programs that read no descriptions leave this file out.
 */
import { configsOf, type Seen } from '../config.ts';
import type { Layer, Shape } from '../layers/layer.ts';
import { namesOf } from '../layers/names.ts';
import { ModelLayer } from '../layers/nested.ts';
import { type InputOptions, input, type SymbolicTensor } from '../layers/symbolic.ts';
import { seedsOf } from '../seeds.ts';
import { describeTrace } from '../trace.ts';
import { checkInteger, checkName, checkOptions, checkShape, show } from '../validate.ts';
import type { ModelConfig } from './config.ts';
import { Functional, type Ports, traced } from './functional.ts';
import { mapOutputs } from './heads.ts';
import { numbered, readLayer } from './layers-from.ts';
import { chainOf, type Network } from './network.ts';
import type { CompileOptions, PerOutput, SequentialOptions, WeightShape } from './options.ts';
import { weightsOf as namedWeightsOf } from './parameters.ts';
import { compileOptionsFrom, fieldsOf, listOf } from './parts-from.ts';
import { type Sequential, sequential } from './sequential.ts';

export {
  compileOptionsFrom,
  initializerFrom,
  lossFrom,
  metricFrom,
  optimizerFrom,
  scheduleFrom,
} from './parts-from.ts';
export { type Registrable, register } from './register.ts';

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
export function layerFrom(config: unknown): Layer {
  return readLayer(config, { shared: [], model: modelLayerFrom });
}

/** A weight of a described model, which does not exist yet. */
interface DescribedWeight extends WeightShape {
  readonly layer: string;
  readonly trainable: boolean;
}

/** A described model, not yet made: it holds no memory of the runtime. */
interface Parsed {
  readonly kind: 'sequential' | 'functional';
  readonly name: string;
  readonly seed: number;
  readonly compile: CompileOptions | undefined;
  /** Its network; undefined while the shape of its samples is unknown. A stack whose description lacks it takes `inputShape`. */
  readonly network: (inputShape?: Shape) => Network | undefined;
  readonly layers: readonly Layer[];
  /** As plain JSON. */
  readonly describe: (seen: Seen) => ModelConfig;
  readonly make: (options: Pick<SequentialOptions, 'runtime'>) => Sequential | Functional;
}

/** Checks all of a model's description; `known` are the layers read so far of the model that contains it. */
function parse(value: unknown, known: Layer[] = []): Parsed {
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
  return { ...parsed, kind, compile: compiled };
}

function ownOptions(name: unknown, seed: unknown): { readonly name: string; readonly seed: number } {
  if (typeof name !== 'string') throw new TypeError(`the name of a model must be a string, got ${show(name)}`);
  checkInteger('seed', seed, 0);
  return { name, seed: seed as number };
}

function parseStack(config: unknown, inputShape: unknown, known: Layer[]): Omit<Parsed, 'kind' | 'compile'> {
  const { name, seed, layers: list } = fieldsOf('the config of sequential', config, ['name', 'seed', 'layers']);
  const own = ownOptions(name, seed);
  const stack = listOf('layers', list).map((one) => readLayer(one, { shared: known, model: modelLayerFrom }));
  const names = namesOf(stack);
  if (inputShape !== undefined) checkShape('inputShape', inputShape);
  const shape = (inputShape as Shape | undefined) ?? stack[0]?.inputShape;
  return {
    ...own,
    layers: stack,
    network(given = shape) {
      for (const [i, layer] of stack.entries()) layer.claim(names[i] ?? layer.name);
      return given && chainOf(stack, given);
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

function parseGraph(config: unknown, known: Layer[]): Omit<Parsed, 'kind' | 'compile'> {
  const what = 'the config of functional';
  const fields = fieldsOf(what, config, ['name', 'seed', 'layers', 'inputs', 'calls', 'outputs']);
  const own = ownOptions(fields.name, fields.seed);
  const all = listOf('layers', fields.layers).map((one) => readLayer(one, { shared: known, model: modelLayerFrom }));
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
function modelLayerFrom(options: unknown, known: Layer[]): Layer {
  const { model: config } = fieldsOf('the config of a model within a model', options, ['model']);
  const { kind, name, seed, layers, network, describe } = parse(config, known);
  let made = network();
  return new ModelLayer(name, {
    kind,
    layers,
    network(inputs) {
      made ??= inputs && network(inputs[0]);
      return made;
    },
    describe,
    seeds: seedsOf(seed),
  });
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
