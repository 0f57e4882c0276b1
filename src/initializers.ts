/** Initial values of the weights, drawn from Philox streams keyed by (seed, number of the weight). */
import type { Config, JsonObject } from './config.ts';
import type { Core } from './engine/load.ts';
import type { Engine } from './engine/runtime.ts';
import type { Seeds } from './seeds.ts';
import { checkNumber, checkOptions, checkSpelling, sizeOf } from './validate.ts';

/** Names of the initializers that need no options; `zero`, `one`, `normal` and `uniform` are Keras' other names of four of them. */
export type InitializerName =
  | 'zeros'
  | 'ones'
  | 'glorotUniform'
  | 'glorotNormal'
  | 'heUniform'
  | 'heNormal'
  | 'lecunUniform'
  | 'lecunNormal'
  | 'randomUniform'
  | 'randomNormal'
  | 'truncatedNormal'
  | 'zero'
  | 'one'
  | 'normal'
  | 'uniform';

const others = { zero: 'zeros', one: 'ones', normal: 'randomNormal', uniform: 'randomUniform' } as const;

type Plain = Exclude<InitializerName, keyof typeof others>;

/** A stream of random numbers: the model's seed, and the number of the weight. @internal */
export type Stream = readonly [...Seeds, index: number];

/** Fills new weights. Made by the functions of `initializers`. */
export interface Initializer {
  /** Name of the function that made it. */
  readonly name: string;
  /** Its options. */
  readonly options: JsonObject;
  /** @internal */
  readonly fill: (engine: Engine, address: number, shape: readonly number[], stream: Stream) => void;
}

/** Inputs and outputs of one unit: the sizes that the variance-scaling initializers divide by (Keras: compute_fans). */
function fans(shape: readonly number[]): readonly [number, number] {
  if (shape.length === 0) return [1, 1];
  if (shape.length === 1) return [shape[0] ?? 1, shape[0] ?? 1];
  const receptive = sizeOf(shape.slice(0, -2));
  return [(shape.at(-2) ?? 1) * receptive, (shape.at(-1) ?? 1) * receptive];
}

const constantly = (name: string, value: number, options: JsonObject = {}): Initializer => ({
  name,
  options,
  fill: (engine, address, shape) => void engine.f32(address, sizeOf(shape)).fill(value),
});

/** Drawn by `kernel`, whose two parameters may depend on the shape. */
const drawn = (
  name: string,
  options: JsonObject,
  kernel: 'uniform' | 'normal' | 'truncatedNormal',
  parameters: (core: Core, shape: readonly number[]) => readonly [number, number],
): Initializer => ({
  name,
  options,
  fill({ core }, address, shape, stream) {
    core[kernel](address, sizeOf(shape), ...stream, ...parameters(core, shape));
  },
});

const scaled = (
  name: string,
  scale: number,
  mode: 'in' | 'average',
  kernel: 'uniform' | 'truncatedNormal',
): Initializer =>
  drawn(name, {}, kernel, (core, shape) => {
    const [fanIn, fanOut] = fans(shape);
    const variance = scale / Math.max(1, mode === 'in' ? fanIn : (fanIn + fanOut) / 2);
    const limit = core.sqrt64(3 * variance);
    // the stddev of a unit normal cut off at two: dividing by it keeps the variance
    return kernel === 'uniform' ? [-limit, limit] : [0, core.sqrt64(variance) / 0.8796256610342398];
  });

/**
 * All elements 0: the default of biases.
 *
 * @example
 * ```ts
 * import { initializers, layers } from 'simdescent';
 * layers.dense({ units: 10, kernelInitializer: initializers.zeros() });
 * ```
 */
export const zeros = (): Initializer => constantly('zeros', 0);
/**
 * All elements 1.
 *
 * @example
 * ```ts
 * import { initializers, layers } from 'simdescent';
 * layers.dense({ units: 10, biasInitializer: initializers.ones() });
 * ```
 */
export const ones = (): Initializer => constantly('ones', 1);

/**
 * All elements `value` (default 0).
 *
 * @example
 * ```ts
 * import { initializers, layers } from 'simdescent';
 * layers.dense({ units: 10, biasInitializer: initializers.constant({ value: 0.1 }) });
 * ```
 */
export function constant(options: { readonly value?: number } = {}): Initializer {
  checkOptions('initializers.constant', options, ['value']);
  const { value = 0 } = options;
  checkNumber('value', value, Number.NEGATIVE_INFINITY);
  // JSON has no -0: with one, a saved model would load with other bits
  const number = value + 0;
  return constantly('constant', number, { value: number });
}

/**
 * Uniform within ±sqrt(6 / (fanIn + fanOut)) (Glorot & Bengio 2010): the default of kernels.
 *
 * @example
 * ```ts
 * import { initializers, layers } from 'simdescent';
 * layers.dense({ units: 100, kernelInitializer: initializers.glorotUniform() });
 * ```
 */
export const glorotUniform = (): Initializer => scaled('glorotUniform', 1, 'average', 'uniform');
/**
 * Truncated normal of variance 2 / (fanIn + fanOut) (Glorot & Bengio 2010).
 *
 * @example
 * ```ts
 * import { initializers, layers } from 'simdescent';
 * layers.dense({ units: 100, activation: 'tanh', kernelInitializer: initializers.glorotNormal() });
 * ```
 */
export const glorotNormal = (): Initializer => scaled('glorotNormal', 1, 'average', 'truncatedNormal');
/**
 * Uniform within ±sqrt(6 / fanIn) (He et al. 2015): for relu.
 *
 * @example
 * ```ts
 * import { initializers, layers } from 'simdescent';
 * layers.dense({ units: 100, activation: 'relu', kernelInitializer: initializers.heUniform() });
 * ```
 */
export const heUniform = (): Initializer => scaled('heUniform', 2, 'in', 'uniform');
/**
 * Truncated normal of variance 2 / fanIn (He et al. 2015): for relu.
 *
 * @example
 * ```ts
 * import { initializers, layers } from 'simdescent';
 * layers.dense({ units: 100, activation: 'relu', kernelInitializer: initializers.heNormal() });
 * ```
 */
export const heNormal = (): Initializer => scaled('heNormal', 2, 'in', 'truncatedNormal');
/**
 * Uniform within ±sqrt(3 / fanIn) (LeCun et al. 1998): for selu.
 *
 * @example
 * ```ts
 * import { initializers, layers } from 'simdescent';
 * layers.dense({ units: 100, activation: 'selu', kernelInitializer: initializers.lecunUniform() });
 * ```
 */
export const lecunUniform = (): Initializer => scaled('lecunUniform', 1, 'in', 'uniform');
/**
 * Truncated normal of variance 1 / fanIn (LeCun et al. 1998): for selu.
 *
 * @example
 * ```ts
 * import { initializers, layers } from 'simdescent';
 * layers.dense({ units: 100, activation: 'selu', kernelInitializer: initializers.lecunNormal() });
 * ```
 */
export const lecunNormal = (): Initializer => scaled('lecunNormal', 1, 'in', 'truncatedNormal');

/**
 * Uniform from `minval` (default -0.05) up to, but not including, `maxval` (default 0.05).
 *
 * @example
 * ```ts
 * import { initializers, layers } from 'simdescent';
 * layers.dense({ units: 100, kernelInitializer: initializers.randomUniform({ minval: -0.1, maxval: 0.1 }) });
 * ```
 */
export function randomUniform(options: { readonly minval?: number; readonly maxval?: number } = {}): Initializer {
  checkOptions('initializers.randomUniform', options, ['minval', 'maxval']);
  const { minval = -0.05, maxval = 0.05 } = options;
  checkNumber('minval', minval, Number.NEGATIVE_INFINITY);
  checkNumber('maxval', maxval, minval);
  return drawn('randomUniform', { minval, maxval }, 'uniform', () => [minval, maxval]);
}

/** Options of the normal initializers. */
export interface NormalOptions {
  /** Default 0. */
  readonly mean?: number;
  /** Default 0.05. */
  readonly stddev?: number;
}

function gaussian(name: 'randomNormal' | 'truncatedNormal', options: NormalOptions): Initializer {
  checkOptions(`initializers.${name}`, options, ['mean', 'stddev']);
  const { mean = 0, stddev = 0.05 } = options;
  checkNumber('mean', mean, Number.NEGATIVE_INFINITY);
  checkNumber('stddev', stddev, 0);
  return drawn(name, { mean, stddev }, name === 'randomNormal' ? 'normal' : name, () => [mean, stddev]);
}

/**
 * Normal with `mean` (0) and `stddev` (0.05).
 *
 * @example
 * ```ts
 * import { initializers, layers } from 'simdescent';
 * layers.dense({ units: 100, kernelInitializer: initializers.randomNormal({ stddev: 0.01 }) });
 * ```
 */
export const randomNormal = (options: NormalOptions = {}): Initializer => gaussian('randomNormal', options);
/**
 * Normal with `mean` (0) and `stddev` (0.05), cut off at two stddevs; as in Keras, the stddev is not corrected for the cut.
 *
 * @example
 * ```ts
 * import { initializers, layers } from 'simdescent';
 * layers.dense({ units: 100, kernelInitializer: initializers.truncatedNormal({ stddev: 0.02 }) });
 * ```
 */
export const truncatedNormal = (options: NormalOptions = {}): Initializer => gaussian('truncatedNormal', options);

/** @internal */
export const initializerFunctions: Readonly<Record<Plain | 'constant', (options?: never) => Initializer>> = {
  constant,
  zeros,
  ones,
  glorotUniform,
  glorotNormal,
  heUniform,
  heNormal,
  lecunUniform,
  lecunNormal,
  randomUniform,
  randomNormal,
  truncatedNormal,
};

/** @internal */
export const configOf = ({ name, options }: Initializer): Config & JsonObject => ({ className: name, config: options });

/** @internal */
export function initializerOf(value: InitializerName | Initializer): Initializer {
  if (typeof value === 'object' && value !== null && typeof value.fill === 'function') return value;
  // a constant is nothing without its value
  const names = Object.keys(initializerFunctions).filter((name) => name !== 'constant') as Plain[];
  return initializerFunctions[checkSpelling('initializer', value, names, others)]();
}
