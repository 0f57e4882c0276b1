import type { Value } from '../../graph/graph.ts';
import { arithmetic } from '../../graph/operations/arrays/arithmetic.ts';
import { moments } from '../../graph/operations/arrays/moments.ts';
import { checkInteger, showShape } from '../../validate.ts';
import { checkGroups, sampleAxis } from '../axes.ts';
import { type Layer, labelOf, type Shape, single } from '../layer.ts';
import { AffineLayer, type AffineOptions, among } from './affine.ts';

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
    if (groups === 0)
      throw new RangeError('groupNormalization: groups must be at least 1, or -1 for a group of each channel, got 0');
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
    checkGroups(labelOf(this), channels, groups, `channels of ${showShape(['..', ...input])}`);
    this.makeAffine([channels]);
  }

  protected shapeOf(inputs: readonly Shape[]): Shape {
    const input = single(this, inputs);
    const { channels, groups } = this.#channels(input);
    const [expected = channels] = this.weights[0]?.shape ?? [];
    if (channels !== expected || channels % groups !== 0)
      throw new RangeError(
        `${labelOf(this)}: expected ${expected} channels on axis ${this.#axis}, got ${showShape(['..', ...input])}`,
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
 * One group for each channel (`groups: -1`) is instance normalization. Training and prediction compute the same. The output has the shape of the
 * input.
 *
 * @throws RangeError for channels that cannot be divided into the groups, or an axis that is not there.
 * @example
 * ```ts
 * import { layers, sequential } from 'simdescent';
 * const model = sequential([layers.groupNormalization({ groups: 4, inputShape: [8, 8, 16] })]);
 * ```
 */
export function groupNormalization(options: GroupNormalizationOptions = {}): Layer {
  return new GroupNormalization(options);
}
