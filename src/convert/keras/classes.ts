/** Layers that Keras and this library share: what they are called there, and which options mean the same. */
import { tableOf } from '../refusal.ts';

const WINDOW = ['strides', 'padding'];
const weight = (name: string) => [`${name}Regularizer`, `${name}Constraint`];
const COMMON = ['activation', 'useBias', 'activityRegularizer', ...weight('bias')];
const CONV = [...WINDOW, ...COMMON, 'kernelSize', 'dilationRate'];
const AFFINE = ['axis', 'epsilon', 'center', 'scale', ...weight('beta'), ...weight('gamma')];
const SAMPLING = ['fillMode', 'interpolation', 'fillValue'];

/** The options of each layer beside its name; initializers are left out, because weights come with their numbers. */
const OPTIONS: Readonly<Record<string, readonly string[]>> = tableOf({
  dense: ['units', ...COMMON, ...weight('kernel')],
  conv1d: ['filters', 'groups', ...CONV, ...weight('kernel')],
  conv2d: ['filters', 'groups', ...CONV, ...weight('kernel')],
  conv1dTranspose: ['filters', 'outputPadding', ...CONV, ...weight('kernel')],
  conv2dTranspose: ['filters', 'outputPadding', ...CONV, ...weight('kernel')],
  depthwiseConv1d: ['depthMultiplier', ...CONV, ...weight('depthwise')],
  depthwiseConv2d: ['depthMultiplier', ...CONV, ...weight('depthwise')],
  separableConv1d: ['filters', 'depthMultiplier', ...CONV, ...weight('depthwise'), ...weight('pointwise')],
  separableConv2d: ['filters', 'depthMultiplier', ...CONV, ...weight('depthwise'), ...weight('pointwise')],
  maxPooling1d: ['poolSize', ...WINDOW],
  maxPooling2d: ['poolSize', ...WINDOW],
  averagePooling1d: ['poolSize', ...WINDOW],
  averagePooling2d: ['poolSize', ...WINDOW],
  globalMaxPooling1d: ['keepdims'],
  globalMaxPooling2d: ['keepdims'],
  globalAveragePooling1d: ['keepdims'],
  globalAveragePooling2d: ['keepdims'],
  activation: ['activation', 'activityRegularizer'],
  dropout: ['rate'],
  flatten: [],
  reshape: ['targetShape'],
  permute: ['dims'],
  repeatVector: ['n'],
  zeroPadding1d: ['padding'],
  zeroPadding2d: ['padding'],
  cropping1d: ['cropping'],
  cropping2d: ['cropping'],
  upSampling1d: ['size'],
  upSampling2d: ['size', 'interpolation'],
  batchNormalization: ['momentum', ...AFFINE],
  layerNormalization: AFFINE,
  groupNormalization: ['groups', ...AFFINE],
  unitNormalization: ['axis'],
  rescaling: ['scale', 'offset'],
  normalization: ['axis', 'invert', 'mean', 'variance'],
  resizing: ['height', 'width', 'interpolation', 'cropToAspectRatio', 'padToAspectRatio', 'fillValue'],
  centerCrop: ['height', 'width'],
  randomCrop: ['height', 'width'],
  randomFlip: ['mode'],
  randomTranslation: ['heightFactor', 'widthFactor', ...SAMPLING],
  randomRotation: ['factor', ...SAMPLING],
  randomZoom: ['heightFactor', 'widthFactor', ...SAMPLING],
  randomContrast: ['factor', 'valueRange'],
  prelu: ['sharedAxes', ...weight('alpha')],
  reLU: ['maxValue', 'negativeSlope', 'threshold'],
  leakyReLU: ['negativeSlope'],
  elu: ['alpha'],
  softmax: ['axis'],
  gaussianNoise: ['stddev'],
  gaussianDropout: ['rate'],
  alphaDropout: ['rate'],
  spatialDropout1d: ['rate'],
  spatialDropout2d: ['rate'],
  add: [],
  subtract: [],
  multiply: [],
  average: [],
  maximum: [],
  minimum: [],
  concatenate: ['axis'],
  dot: ['axes', 'normalize'],
});

/** Options that must have one value, which is why the library has none of that name. */
export const FIXED: Readonly<Record<string, readonly unknown[]>> = tableOf({
  dataFormat: ['channels_last', 'channelsLast'],
  groups: [1],
  // of a resizing
  fillMode: ['constant'],
  // of a depthwise convolution, by Keras 2
  filters: [],
});

const EXCEPTIONS: Readonly<Record<string, string>> = tableOf({ prelu: 'PReLU', elu: 'ELU' });
const kerasName = (ours: string): string =>
  EXCEPTIONS[ours] ?? `${ours.charAt(0).toUpperCase()}${ours.slice(1)}`.replace(/([12])d/, '$1D');

/** Our names by Keras'. */
const OURS = new Map(Object.keys(OPTIONS).map((ours) => [kerasName(ours), ours]));
// other names of Keras' own
for (const [alias, name] of [
  ['Convolution1D', 'conv1d'],
  ['Convolution2D', 'conv2d'],
  ['BatchNormalizationV1', 'batchNormalization'],
] as const)
  OURS.set(alias, name);

/** Our name of a class of Keras. */
export const oursOf = (className: string): string | undefined => OURS.get(className);

/** Keras' name of a layer of ours. */
export const kerasOf = (ours: string): string | undefined =>
  Object.hasOwn(OPTIONS, ours) ? kerasName(ours) : undefined;

/** Layers that TensorFlow.js lacks, or that compute something else there. */
export const isPreprocessing = (ours: string): boolean => /^(normalization|resizing|centerCrop|random)/.test(ours);

/** The options that mean the same. */
export const optionsOf = (ours: string): readonly string[] => OPTIONS[ours] ?? [];

export const toCamel = (key: string): string =>
  key.replace(/(?<=[^_])_([a-z\d])/g, (_, letter: string) => letter.toUpperCase());
export const toSnake = (key: string): string => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Keras' names of a weight of ours: `moving_mean`. The first is that of Keras 2 and TensorFlow.js, where Keras 3 has another. */
export const weightNames = (layer: string, name: string): readonly [string, ...string[]] =>
  layer.startsWith('depthwise') && name === 'kernel' ? ['depthwise_kernel', 'kernel'] : [toSnake(name)];
