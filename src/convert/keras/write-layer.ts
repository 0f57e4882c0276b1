/** A layer of ours as layers of Keras or TensorFlow.js. */
import type { Config, Json } from '../../config.ts';
import { show } from '../../validate.ts';
import { type Named, refuse } from '../refusal.ts';
import { isPreprocessing, kerasOf, optionsOf, toSnake } from './classes.ts';
import type { Dialect } from './dialect.ts';

/** A layer as both write it, without what places it in a model. */
export interface Written {
  readonly class_name: string;
  readonly config: Readonly<Record<string, Json>>;
  /** Whether it takes its inputs as one list. */
  readonly merges?: boolean;
}

/** Layers that TensorFlow.js 4.22 lacks. */
const NOT_IN_TFJS = new Set([
  ...['Conv1DTranspose', 'DepthwiseConv1D', 'SeparableConv1D', 'GroupNormalization', 'UnitNormalization', 'Subtract'],
  ...['ZeroPadding1D', 'Cropping1D', 'UpSampling1D', 'SpatialDropout2D'],
]);
/** Activations that it has. `gelu_new` is not among them: it cannot read that name from a file. */
const IN_TFJS = new Set([
  ...[
    'linear',
    'relu',
    'relu6',
    'elu',
    'selu',
    'gelu',
    'sigmoid',
    'tanh',
    'softplus',
    'softsign',
    'silu',
    'softmax',
    'mish',
  ],
]);
const IN_KERAS = new Set([
  ...IN_TFJS,
  ...['leakyRelu', 'hardSigmoid', 'hardTanh', 'hardSilu', 'exp', 'celu', 'hardShrink', 'logSoftmax', 'logSigmoid'],
  ...['softShrink', 'sparsePlus', 'sparseSigmoid', 'squareplus', 'tanhShrink'],
]);
const MERGES = new Set(['add', 'subtract', 'multiply', 'average', 'maximum', 'minimum', 'concatenate', 'dot']);
const RENAMED: Readonly<Record<string, string>> = { exp: 'exponential' };

/** The activation's name, and a layer that comes behind where it has none. */
function activation(
  layer: Named,
  value: Json,
  dialect: Dialect,
): { readonly name: string; readonly behind: readonly Written[] } {
  const tfjs = dialect.program === 'TensorFlow.js';
  const spec =
    typeof value === 'string' ? { name: value } : (value as { name?: string; alpha?: number; function?: string });
  const name = spec.name ?? spec.function ?? '';
  const behind = (class_name: string, config: Record<string, Json>) => ({
    name: 'linear',
    behind: [{ class_name, config: { name: `${layer.name}_activation`, ...config } }],
  });
  if (name === 'leakyRelu' && (tfjs || spec.alpha !== 0.2))
    return behind('LeakyReLU', { [tfjs ? 'alpha' : 'negative_slope']: spec.alpha ?? 0.2 });
  if (name === 'elu' && spec.alpha !== undefined && spec.alpha !== 1) return behind('ELU', { alpha: spec.alpha });
  if (name === 'hardSigmoid' && tfjs) {
    const slope = { class_name: 'Rescaling', config: { name: `${layer.name}_slope`, scale: 1 / 6, offset: 0.5 } };
    return {
      name: 'linear',
      behind: [slope, { class_name: 'ReLU', config: { name: `${layer.name}_clip`, max_value: 1 } }],
    };
  }
  if (!(tfjs ? IN_TFJS : IN_KERAS).has(name)) refuse(layer, `${dialect.program} has no activation ${show(name)}`);
  // TensorFlow.js knows silu by its older name
  return { name: name === 'silu' && tfjs ? 'swish' : (RENAMED[name] ?? toSnake(name)), behind: [] };
}

const isFunction = (value: Json): boolean => Object.hasOwn(Object(value), 'function');

function regularizer(layer: Named, value: Json): Json {
  if (isFunction(value)) refuse(layer, 'its regularizer is a function of your own');
  const { l1, l2 } = value as { l1: number; l2: number };
  return { class_name: 'L1L2', config: { l1, l2 } };
}

function constraint(layer: Named, value: Json): Json {
  if (isFunction(value)) refuse(layer, 'its constraint is a function of your own');
  const { className, config } = value as unknown as Config;
  const options = Object.entries(config).map(([key, one]) => [toSnake(key), one]);
  return {
    class_name: `${className.charAt(0).toUpperCase()}${className.slice(1)}`,
    config: Object.fromEntries(options),
  };
}

/** Refuses what TensorFlow.js computes in another way, or not at all. */
function checkTfjs(layer: Named, config: Readonly<Record<string, Json>>): void {
  const only = (key: string, ...values: readonly Json[]) => {
    const value = config[key];
    if (value !== undefined && !values.includes(value))
      refuse(layer, `TensorFlow.js has no ${key} ${show(value)} there`);
  };
  only('groups', 1);
  only('padding', ...(layer.kind === 'Conv1D' ? ['valid', 'same'] : [config.padding ?? null]));
  only('interpolation', 'nearest');
  if (layer.kind === 'Softmax') only('axis', -1);
  if (layer.kind === 'ReLU') {
    only('negative_slope', 0);
    only('threshold', 0);
  }
  if (layer.kind === 'ELU') only('alpha', 1);
  only('output_padding');
  if (layer.kind.startsWith('Global')) only('keepdims', false);
}

/** Shapes of one sample, of a call's first input and its output. */
export interface CallShapes {
  readonly input: readonly number[];
  readonly output: readonly number[];
}

/** Both programs flatten only what has two axes, and TensorFlow.js forgets a size that is written as -1. */
function shaped(name: string, layer: Config, calls: readonly CallShapes[]): Config {
  const flat = layer.className === 'flatten' && calls.some(({ input }) => input.length === 1);
  if (!flat && layer.className !== 'reshape') return layer;
  const [first, ...others] = calls.map(({ output }) => output);
  if (others.some((output) => output.join() !== first?.join()))
    refuse({ name, kind: layer.className }, 'its calls give samples of different shapes');
  return { className: 'reshape', config: { ...layer.config, targetShape: [...(first ?? [])] } };
}

/**
 * The layers that compute the same: the layer itself, and perhaps layers behind it that make its activation.
 *
 * @throws RangeError that names the layer and says what the other program lacks
 */
export function written(
  name: string,
  described: Config,
  dialect: Dialect,
  calls: readonly CallShapes[],
): readonly Written[] {
  const { className, config } = shaped(name, described, calls);
  const kind = kerasOf(className);
  const tfjs = dialect.program === 'TensorFlow.js';
  const prepares = tfjs && isPreprocessing(className);
  if (kind === undefined || (tfjs && NOT_IN_TFJS.has(kind)) || prepares) {
    const instead = prepares ? ': keep it outside, sequential([preparation, base]), and convert base' : '';
    refuse({ name, kind: className }, `${dialect.program} has no such layer${instead}`);
  }
  const layer = { name, kind };
  const own: Record<string, Json> = { name };
  // some classes take no such option
  if (config.trainable === false) own.trainable = false;
  let behind: readonly Written[] = [];
  for (const key of optionsOf(className)) {
    const value = config[key];
    if (value === undefined) continue;
    if (key === 'activation') {
      const { name: known, behind: more } = activation(layer, value, dialect);
      own[key] = known;
      behind = more;
    } else if (key === 'mode') own[key] = toSnake(String(value));
    else if (key.endsWith('Regularizer')) own[toSnake(key)] = regularizer(layer, value);
    else if (key.endsWith('Constraint')) own[toSnake(key)] = constraint(layer, value);
    else own[tfjs && kind === 'LeakyReLU' && key === 'negativeSlope' ? 'alpha' : toSnake(key)] = value;
  }
  if (kind === 'PReLU' && Array.isArray(own.shared_axes) && own.shared_axes.length === 0) delete own.shared_axes;
  if (tfjs) {
    checkTfjs(layer, own);
    for (const key of ['groups', 'keepdims', 'negative_slope', 'threshold']) delete own[key];
  }
  return [{ class_name: kind, config: own, ...(MERGES.has(className) && { merges: true }) }, ...behind];
}
