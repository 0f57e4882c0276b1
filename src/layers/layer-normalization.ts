import type { Value } from '../graph/graph.ts';
import { arithmetic } from '../graph/operations/arrays/arithmetic.ts';
import { moments } from '../graph/operations/arrays/moments.ts';
import { checkInteger, sameShape, showShape } from '../validate.ts';
import { AffineLayer, type AffineOptions } from './affine.ts';
import { type Axes, checkAxes, sampleAxes, sampleAxis } from './axes.ts';
import { type Layer, type Shape, single } from './layer.ts';

/** Options of {@link layerNormalization}. */
export interface LayerNormalizationOptions extends AffineOptions {
  /** The axis, or axes, counted with that of the batch, 0, which cannot be one; negative ones count from the end. Default -1. */
  readonly axis?: Axes;
}

/** The shape of gamma and beta: sizes of `axes`, ones elsewhere. */
const among = (shape: Shape, axes: readonly number[]): Shape =>
  shape.map((size, axis) => (axes.includes(axis) ? size : 1));

class LayerNormalization extends AffineLayer {
  readonly #axis: Axes;

  constructor(options: LayerNormalizationOptions) {
    super('layerNormalization', options, ['axis']);
    this.#axis = checkAxes('axis', options.axis ?? -1);
  }

  protected ownOptions() {
    return { axis: this.#axis, ...this.affineOptions() };
  }

  protected override makeWeights(inputs: readonly Shape[]): void {
    const input = single(this, inputs);
    this.makeAffine(sampleAxes(this, this.#axis, input).map((axis) => input[axis] ?? 1));
  }

  protected shapeOf(inputs: readonly Shape[]): Shape {
    const input = single(this, inputs);
    const sizes = sampleAxes(this, this.#axis, input).map((axis) => input[axis] ?? 1);
    const expected = this.weights[0]?.shape ?? sizes;
    if (!sameShape(sizes, expected))
      throw new RangeError(
        `${this.name}: expected ${showShape(expected)} on axis ${this.#axis}, got ${showShape(['..', ...input])}`,
      );
    return input;
  }

  protected compute([x]: readonly [Value]): Value {
    const { graph, shape } = x;
    const axes = sampleAxes(this, this.#axis, shape);
    const m = arithmetic(this.name);
    const { centred, variance } = moments(this.name, x, axes);
    const unit = m.multiply(centred, m.reciprocal(m.sqrt(m.add(variance, this.epsilon))));
    const placed = (weight: Value): Value => graph.view(weight, among(shape, axes));
    const [gamma, beta] = [this.weightIn(x, 'gamma'), this.weightIn(x, 'beta')];
    const scaled = gamma === undefined ? unit : m.multiply(unit, placed(gamma));
    return beta === undefined ? scaled : m.add(scaled, placed(beta));
  }
}

/**
 * Gives each sample mean 0 and variance 1 along an axis, by default the last, then multiplies by gamma and adds beta, which have the
 * sizes of the axes: `y = gamma (x - mean) / √(variance + epsilon) + beta`. The same in training and prediction. The shape stays.
 *
 * @throws RangeError for an axis that is not there, or the batch's.
 * @example
 * ```ts
 * import { layers, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 16, inputShape: [4] }), layers.layerNormalization()]);
 * ```
 */
export function layerNormalization(options: LayerNormalizationOptions = {}): Layer {
  return new LayerNormalization(options);
}

/** Options of {@link groupNormalization}. */
export interface GroupNormalizationOptions extends AffineOptions {
  /** How many groups the channels are divided into; -1: one for each channel. Default 32. */
  readonly groups?: number;
  /** The axis of the channels, counted with that of the batch, 0; negative ones count from the end. Default -1. */
  readonly axis?: number;
}

class GroupNormalization extends AffineLayer {
  readonly #groups: number;
  readonly #axis: number;

  constructor(options: GroupNormalizationOptions) {
    super('groupNormalization', options, ['groups', 'axis']);
    const { groups = 32, axis = -1 } = options;
    checkInteger('groups', groups, -1);
    if (groups === 0) throw new RangeError('groups must be at least 1, or -1 for one of each channel, got 0');
    checkInteger('axis', axis, Number.MIN_SAFE_INTEGER);
    this.#groups = groups;
    this.#axis = axis;
  }

  protected ownOptions() {
    return { groups: this.#groups, axis: this.#axis, ...this.affineOptions() };
  }

  /** The axis of the channels, how many there are, and in how many groups. */
  #channels(input: Shape): { readonly axis: number; readonly channels: number; readonly groups: number } {
    const axis = sampleAxis(this, this.#axis, input);
    const channels = input[axis] ?? 1;
    return { axis, channels, groups: this.#groups === -1 ? channels : this.#groups };
  }

  protected override makeWeights(inputs: readonly Shape[]): void {
    const input = single(this, inputs);
    const { channels, groups } = this.#channels(input);
    if (channels % groups !== 0)
      throw new RangeError(
        `${this.name || this.kind}: ${channels} channels of ${showShape(['..', ...input])} cannot be divided into ${groups} groups`,
      );
    this.makeAffine([channels]);
  }

  protected shapeOf(inputs: readonly Shape[]): Shape {
    const input = single(this, inputs);
    const { channels, groups } = this.#channels(input);
    const [expected = channels] = this.weights[0]?.shape ?? [];
    if (channels !== expected || channels % groups !== 0)
      throw new RangeError(
        `${this.name}: expected ${expected} channels on axis ${this.#axis}, got ${showShape(['..', ...input])}`,
      );
    return input;
  }

  protected compute([x]: readonly [Value]): Value {
    const { graph, shape } = x;
    const { axis, channels, groups } = this.#channels(shape);
    // the channels become groups and what is in one of them
    const divided = [...shape.slice(0, axis), groups, channels / groups, ...shape.slice(axis + 1)];
    const axes = divided.flatMap((_, one) => (one === axis ? [] : [one]));
    const m = arithmetic(this.name);
    const { centred, variance } = moments(this.name, graph.view(x, divided), axes);
    const unit = m.multiply(centred, m.reciprocal(m.sqrt(m.add(variance, this.epsilon))));
    const placed = (weight: Value): Value => graph.view(weight, among(shape, [axis]));
    const [gamma, beta] = [this.weightIn(x, 'gamma'), this.weightIn(x, 'beta')];
    const whole = graph.view(unit, shape);
    const scaled = gamma === undefined ? whole : m.multiply(whole, placed(gamma));
    return beta === undefined ? scaled : m.add(scaled, placed(beta));
  }
}

/**
 * Gives each group of channels of a sample mean 0 and variance 1, over all its positions, then multiplies each channel by gamma and adds beta.
 * One group for each channel (`groups: -1`) is instance normalization. The same in training and prediction. The shape stays.
 *
 * @throws RangeError for channels that do not divide into the groups, or an axis that is not there.
 * @example
 * ```ts
 * import { layers, sequential } from 'simdescent';
 * const model = sequential([layers.groupNormalization({ groups: 4, inputShape: [8, 8, 16] })]);
 * ```
 */
export function groupNormalization(options: GroupNormalizationOptions = {}): Layer {
  return new GroupNormalization(options);
}
