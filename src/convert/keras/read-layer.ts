/** A layer of Keras or TensorFlow.js as descriptions of ours. */
import type { Config, Json } from '../../config.ts';
import { shorten, show } from '../../validate.ts';
import { fields, items, type Named, refuse, tableOf } from '../refusal.ts';
import { FIXED, isPreprocessing, optionsOf, oursOf, toCamel } from './classes.ts';
import type { Dialect } from './dialect.ts';

/** Keys that say nothing about the computation, or that models read themselves. */
const IGNORED = new Set([
  ...['name', 'trainable', 'dtype', 'seed', 'autocast', 'batchInputShape', 'batchShape', 'inputShape', 'inputDtype'],
  ...['inputDim', 'inputSpec', 'renormMomentum'],
]);

/** Activations of Keras that have another name, or no name, here. */
const ACTIVATIONS: Readonly<Record<string, string | { readonly function: string }>> = tableOf({
  linear: 'linear',
  relu: 'relu',
  relu6: 'relu6',
  leakyRelu: 'leakyRelu',
  elu: 'elu',
  selu: 'selu',
  gelu: 'gelu',
  sigmoid: 'sigmoid',
  hardSigmoid: 'hardSigmoid',
  tanh: 'tanh',
  hardTanh: 'hardTanh',
  softplus: 'softplus',
  softsign: 'softsign',
  silu: 'silu',
  swish: 'silu',
  hardSilu: 'hardSilu',
  hardSwish: 'hardSilu',
  softmax: 'softmax',
  exponential: { function: 'exp' },
  ...Object.fromEntries(
    [
      'celu',
      'hardShrink',
      'logSoftmax',
      'logSigmoid',
      'mish',
      'softShrink',
      'sparsePlus',
      'sparseSigmoid',
      'squareplus',
      'tanhShrink',
    ].map((name) => [name, { function: name }]),
  ),
});

/** `clip(slope x + 0.5, 0, 1)`, as layers. */
const hardSigmoidOf = (name: string, slope: number): Config[] => [
  { className: 'rescaling', config: { name: `${name}_slope`, scale: slope, offset: 0.5 } },
  { className: 'reLU', config: { name: `${name}_clip`, maxValue: 1 } },
];

/** The activation, and layers that come behind where it has no name here. */
function activationFrom(
  layer: Named,
  value: unknown,
  dialect: Dialect,
): { readonly value: Json; readonly behind: Config[] } {
  const name = typeof value === 'string' ? value : fields('an activation', value).class_name;
  const known = typeof name === 'string' ? toCamel(name) : '';
  const options = typeof value === 'string' ? {} : Object.entries(fields('an activation', value).config ?? {});
  const found = Object.hasOwn(ACTIVATIONS, known) ? ACTIVATIONS[known] : undefined;
  if (found === undefined || (Array.isArray(options) && options.some(([key]) => key !== 'name' && key !== 'dtype')))
    refuse(layer, `there is no activation ${show(name)}`);
  if (found === 'hardSigmoid' && dialect.hardSigmoid !== 1 / 6)
    return { value: 'linear', behind: hardSigmoidOf(layer.name, dialect.hardSigmoid) };
  return { value: found, behind: [] };
}

/** `{ class_name: 'L2', config: { l2: 0.01 } }`, or `L1L2` of Keras 2. */
function regularizerFrom(layer: Named, value: unknown): Json {
  const { class_name: name, config } = fields('a regularizer', value);
  if (!['L1', 'L2', 'L1L2'].includes(String(name))) refuse(layer, `there is no regularizer ${show(name)}`);
  const { l1 = 0, l2 = 0 } = fields('a regularizer', config);
  return { l1: Number(l1), l2: Number(l2) };
}

function constraintFrom(layer: Named, value: unknown): Json {
  const { class_name: name, config } = fields('a constraint', value);
  if (!['MaxNorm', 'MinMaxNorm', 'NonNeg', 'UnitNorm'].includes(String(name)))
    refuse(layer, `there is no constraint ${show(name)}`);
  const options = Object.entries(fields('a constraint', config)).map(([key, one]) => [toCamel(key), one]);
  const className = `${String(name).charAt(0).toLowerCase()}${String(name).slice(1)}`;
  return { className, config: Object.fromEntries(options) };
}

/** The type of a layer's weights; reduced precision in between is what training used, not what the file holds. */
function checkType(layer: Named, dtype: unknown): void {
  const name =
    typeof dtype === 'object' && dtype !== null ? fields('dtype', fields('dtype', dtype).config).name : dtype;
  if (name !== undefined && name !== null && name !== 'float32' && !/^mixed_/.test(String(name)))
    refuse(layer, `it computes in ${show(name)}, expected float32`);
}

/** Options in our words, of values that are not objects. */
function plainFrom(ours: string, key: string, value: unknown): Json {
  // Keras 2 writes [3]
  if (ours === 'batchNormalization' && key === 'axis' && Array.isArray(value) && value.length === 1)
    return value[0] as Json;
  if (ours === 'reshape') return items('target_shape', value).map((size) => size ?? -1) as unknown as Json;
  // Keras keeps a list of axes, empty for one mean of all numbers, and statistics nested as they are broadcast
  if (ours === 'normalization' && Array.isArray(value))
    return key === 'axis' && value.length < 2 ? (value[0] ?? null) : (value.flat(Number.POSITIVE_INFINITY) as Json);
  if (key === 'size' && ours === 'upSampling1d' && Array.isArray(value)) return value[0] as Json;
  return value as Json;
}

/** The options that both have, in our words. */
function optionsFrom(layer: Named, ours: string, given: Readonly<Record<string, unknown>>, dialect: Dialect) {
  const known = optionsOf(ours);
  const options: Record<string, Json> = {};
  let behind: Config[] = [];
  for (const [snake, value] of Object.entries(given)) {
    let key = toCamel(snake);
    if (ours === 'leakyReLU' && key === 'alpha') key = 'negativeSlope';
    if (ours === 'upSampling2d' && value === 'bilinear' && dialect.program === 'TensorFlow.js')
      refuse(layer, 'TensorFlow.js interpolates between other pixels than Keras does');
    if (IGNORED.has(key) || key.endsWith('Initializer')) continue;
    if (value === null || value === undefined) continue;
    if (!known.includes(key)) {
      const fits = FIXED[key]?.includes(value) ?? (value === false || (Array.isArray(value) && value.length === 0));
      if (!fits) refuse(layer, `${shorten(snake)} ${show(value)} has no counterpart`);
    } else if (key === 'activation') {
      const { value: activation, behind: more } = activationFrom(layer, value, dialect);
      options[key] = activation;
      behind = more;
    } else if (key.endsWith('Regularizer')) options[key] = regularizerFrom(layer, value);
    else if (key.endsWith('Constraint')) options[key] = constraintFrom(layer, value);
    else options[key] = plainFrom(ours, key, value);
  }
  return { options, behind };
}

/**
 * Our descriptions: the layer itself, and perhaps layers behind it that make its activation.
 *
 * @throws RangeError that names the layer and what is missing
 */
export function layersFrom(
  className: string,
  name: string,
  config: Readonly<Record<string, unknown>>,
  dialect: Dialect,
): readonly Config[] {
  const layer = { name, kind: className };
  const ours = oursOf(className);
  if (ours === undefined) refuse(layer, 'there is no such layer in this library');
  if (dialect.program === 'TensorFlow.js' && isPreprocessing(ours))
    refuse(layer, 'layers that prepare data are not read from TensorFlow.js');
  checkType(layer, config.dtype);
  const { options, behind } = optionsFrom(layer, ours, config, dialect);
  if (config.trainable === false) options.trainable = false;
  return [{ className: ours, config: { name, ...options } }, ...behind];
}
