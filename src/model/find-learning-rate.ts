/** A range test of learning rates on a copy of a model. Smith 2015, "Cyclical learning rates for training neural networks", section 3.3. */
import type { Config, JsonObject } from '../config.ts';
import { exponentialDecay } from '../schedules/index.ts';
import { checkInteger, checkNumber, checkOptions } from '../validate.ts';
import { modelFrom } from './from-config.ts';
import type { Functional } from './functional.ts';
import type { FitOptions } from './model.ts';
import type { ModelData } from './options.ts';
import type { Progress } from './progress.ts';
import type { Sequential } from './sequential.ts';

/** Options of {@link findLearningRate}. */
export interface FindLearningRateOptions extends Pick<FitOptions, 'batchSize' | 'shuffle' | 'signal'> {
  /** Learning rate of the first step; above 0. Default 1e-6. */
  readonly minLearningRate?: number;
  /** Learning rate of the last step, if the loss does not diverge before. Default 10. */
  readonly maxLearningRate?: number;
  /** Steps of the test, over as many epochs as they take; at least 2. Default 200. */
  readonly steps?: number;
  /** Share of the smoothed loss that goes into the next, from 0 to below 1. Default 0.9. */
  readonly smoothing?: number;
  /** The test ends when the smoothed loss is so many times the smallest one; above 1. Default 4. */
  readonly divergence?: number;
}

/** What {@link findLearningRate} has found. */
export interface LearningRateCurve {
  /** The learning rate of each step. */
  readonly learningRates: readonly number[];
  /** The loss of each step's batch, before the step. */
  readonly losses: readonly number[];
  /** The same, smoothed: what the suggestion is read from. */
  readonly smoothed: readonly number[];
  /** Whether the test ended because the loss diverged. */
  readonly diverged: boolean;
  /** A tenth of the rate at the smallest smoothed loss; undefined if no rate lowers the loss. */
  readonly suggestion: number | undefined;
}

/** Thrown through `fit` to end it at once, before it warns of a loss that is not finite. */
class Over extends Error {}

/**
 * Trains a copy of the model with learning rates that grow from step to step, evenly on a logarithmic scale, until the loss diverges. The
 * copy has the model's weights and a new optimizer with its options; the model itself, its optimizer, seed and counters stay as they are. The same arguments give
 * the same curve, bit by bit.
 *
 * The suggestion is a tenth of the rate at which the smoothed loss is smallest. There the loss is about to diverge, and a whole training needs distance from that. The
 * steepest descent, the other usual choice, depends on the noise of a few batches; plot the curve to choose by eye.
 *
 * @param x samples, as for `fit`
 * @param y targets, as for `fit`
 * @throws TypeError or RangeError for options out of range or data that do not fit; Error if the model has not been compiled, or has a function of
 * your own that `configs.register` does not know.
 * @example
 * ```ts
 * import { findLearningRate, layers, sequential } from 'simdescent';
 * const x = Array.from({ length: 64 }, (_, i) => [i / 64, 1 - i / 64]);
 * const y = x.map(([a = 0, b = 0]) => [3 * a - b]);
 * const model = sequential([layers.dense({ units: 1, inputShape: [2] })], { seed: 1 });
 * model.compile({ optimizer: 'sgd', loss: 'mse' });
 * const { suggestion } = await findLearningRate(model, x, y);
 * if (suggestion !== undefined) model.setLearningRate(suggestion);
 * ```
 * @category Models
 */
export async function findLearningRate(
  model: Sequential | Functional,
  x: ModelData,
  y: ModelData,
  options: FindLearningRateOptions = {},
): Promise<LearningRateCurve> {
  const own = ['minLearningRate', 'maxLearningRate', 'steps', 'smoothing', 'divergence'];
  checkOptions('findLearningRate', options, [...own, 'batchSize', 'shuffle', 'signal']);
  const { minLearningRate = 1e-6, maxLearningRate = 10, steps = 200, smoothing = 0.9, divergence = 4 } = options;
  checkNumber('minLearningRate', minLearningRate, 0);
  checkNumber('maxLearningRate', maxLearningRate, 0);
  if (minLearningRate === 0 || maxLearningRate <= minLearningRate)
    throw new RangeError(
      `expected 0 < minLearningRate < maxLearningRate, got ${minLearningRate} and ${maxLearningRate}`,
    );
  checkInteger('steps', steps, 2);
  checkNumber('smoothing', smoothing, 0);
  if (smoothing >= 1) throw new RangeError(`smoothing must be below 1, got ${smoothing}`);
  checkNumber('divergence', divergence, 1);

  const ramp = exponentialDecay({
    initialLearningRate: minLearningRate,
    decaySteps: steps - 1,
    decayRate: maxLearningRate / minLearningRate,
  });
  const copy = copyWith(model, ramp.toConfig());
  const curve = new Curve(smoothing, divergence);
  const { batchSize, shuffle, signal } = options;
  /** Means times rows, at the step before. */
  let before = { epoch: 0, sum: 0, rows: 0 };
  const callback = {
    onStepsBegin: () => 1,
    onProgress({ epoch, rows, logs: { loss = Number.NaN } }: Progress) {
      if (epoch !== before.epoch) before = { epoch, sum: 0, rows: 0 };
      const sum = loss * rows;
      curve.add(ramp.at(curve.length), (sum - before.sum) / (rows - before.rows));
      before = { epoch, sum, rows };
      if (curve.diverged || curve.length === steps) throw new Over();
    },
  };
  try {
    await copy.fit(x, y, {
      epochs: steps,
      callbacks: [callback],
      ...(batchSize !== undefined && { batchSize }),
      ...(shuffle !== undefined && { shuffle }),
      ...(signal !== undefined && { signal }),
    });
  } catch (error) {
    if (!(error instanceof Over)) throw error;
  } finally {
    copy.dispose();
  }
  return curve.result();
}

/** The same optimizer with another rate; one around another has no rate of its own. */
function withRate({ className, config }: Config, learningRate: object): Config {
  const { optimizer } = config;
  const changed =
    optimizer === undefined ? { learningRate } : { optimizer: withRate(optimizer as never, learningRate) };
  return { className, config: { ...config, ...changed } as object as JsonObject };
}

/** The model with its weights, and a new optimizer whose rate follows the schedule. */
function copyWith(model: Sequential | Functional, learningRate: object): Sequential | Functional {
  const { compile, ...described } = model.toConfig();
  if (compile === undefined) throw new Error(`${model.name} must be compiled first: it has no optimizer`);
  const { className } = compile.optimizer;
  if (model.optimizer?.parts[0] !== model.optimizer)
    throw new Error(`findLearningRate tests one learning rate, and ${model.name}'s ${className} has several`);
  const optimizer = withRate(compile.optimizer, learningRate);
  const { runtime } = model;
  const copy = modelFrom<Sequential | Functional>({ ...described, compile: { ...compile, optimizer } }, { runtime });
  if (model.built) copy.setWeights(model.getWeights());
  return copy;
}

/** Losses as they come in. */
class Curve {
  readonly #rates: number[] = [];
  readonly #losses: number[] = [];
  readonly #smoothed: number[] = [];
  readonly #smoothing: number;
  readonly #divergence: number;
  #mean = 0;
  /** smoothing ^ steps: the share of the mean that is still its start, 0. */
  #start = 1;
  #best = { loss: Number.POSITIVE_INFINITY, at: 0 };
  diverged = false;

  constructor(smoothing: number, divergence: number) {
    this.#smoothing = smoothing;
    this.#divergence = divergence;
  }

  get length(): number {
    return this.#rates.length;
  }

  add(rate: number, loss: number): void {
    const kept = this.#smoothing;
    this.#mean = kept * this.#mean + (1 - kept) * loss;
    this.#start *= kept;
    const smoothed = this.#mean / (1 - this.#start);
    this.#rates.push(rate);
    this.#losses.push(loss);
    this.#smoothed.push(smoothed);
    const { loss: best } = this.#best;
    if (smoothed < best) this.#best = { loss: smoothed, at: this.length - 1 };
    // losses may be negative: then a distance stands for the factor
    else if (smoothed > best + (this.#divergence - 1) * Math.abs(best)) this.diverged = true;
    if (!Number.isFinite(smoothed)) this.diverged = true;
  }

  result(): LearningRateCurve {
    const { at } = this.#best;
    return {
      learningRates: this.#rates,
      losses: this.#losses,
      smoothed: this.#smoothed,
      diverged: this.diverged,
      suggestion: at === 0 ? undefined : (this.#rates[at] ?? Number.NaN) / 10,
    };
  }
}
