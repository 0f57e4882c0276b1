/** Layers that move each image at random while training: each draws a matrix, and `resample` reads the image where the matrix says. */
import * as kinds from '../../../assembly/codes.ts';
import type { Value } from '../../graph/graph.ts';
import { type Arithmetic, arithmetic } from '../../graph/operations/arrays/arithmetic.ts';
import { reduceAxes } from '../../graph/operations/arrays/reduce.ts';
import { resampled, type Sampling } from '../../graph/operations/arrays/resample.ts';
import { checkNumber } from '../../validate.ts';
import { pairOf, positionedInput } from '../axes.ts';
import { Layer, type LayerOptions, type Mode, type Shape } from '../layer.ts';
import { uniform } from '../noise/random.ts';
import type { RandomFactor } from './sampling.ts';

/** The lowest and the highest number that may be drawn. */
export type Range = readonly [low: number, high: number];

/** Six numbers of a matrix: pixel (i, j) comes from down m3 j + m4 i + m5, across m0 j + m1 i + m2 (assembly/words/resample.ts). */
export type Six = readonly [number, number, number, number, number, number];

/** The matrix that leaves an image where it is. */
export const IDENTITY: Six = [1, 0, 0, 0, 1, 0];

/** Added to a matrix, these read the image one pixel further down or further right. */
export const DOWN: Six = [0, 0, 0, 0, 0, 1];
export const RIGHT: Six = [0, 0, 1, 0, 0, 0];

/** Drawn numbers [k], and what each of them adds to the matrix as a multiple. */
export type Part = readonly [factors: Value, multiples: readonly Six[]];

/** A matrix for each image: `base` plus the parts. */
function matrixOf(label: string, { graph }: Value, base: Six, parts: readonly Part[]): Value {
  const m = arithmetic(label);
  let matrix = graph.constant([6], Float32Array.from(base));
  for (const [factors, multiples] of parts) {
    const count = multiples.length;
    const table = graph.constant([count, 6], Float32Array.from(multiples.flat()));
    const each = m.multiply(graph.view(factors, [count, 1]), table);
    matrix = m.add(reduceAxes(label, kinds.SUM, each, [0]), matrix);
  }
  return matrix;
}

/** An option that is a range within -1 to 1, or one number for as much in both directions. */
export function rangeOf(what: string, value: RandomFactor): Range {
  const [first, second] = pairOf(what, value, (name, one) => checkNumber(name, one, -1, 1));
  if (typeof value === 'number') return [-Math.abs(value), Math.abs(value)];
  return first <= second ? [first, second] : [second, first];
}

/** What a layer draws for images of one size. */
export interface Drawing {
  /** A range for each number that is drawn. */
  readonly ranges: readonly Range[];
  /** From the drawn numbers to the matrix. */
  readonly base: Six;
  readonly parts: (drawn: Value, m: Arithmetic) => readonly Part[];
}

/** Numbers of one image, each uniform in its range. */
export function drawnIn(label: string, x: Value, ranges: readonly Range[], mode: Mode): Value {
  const m = arithmetic(label);
  const unit = uniform(label, x, [ranges.length], mode);
  const constant = (numbers: readonly number[]): Value => x.graph.constant([ranges.length], Float32Array.from(numbers));
  return m.add(
    m.multiply(unit, constant(ranges.map(([low, high]) => high - low))),
    constant(ranges.map(([low]) => low)),
  );
}

/** Images of the size `shape`, read where random matrices say. */
export function drawnFrom(
  label: string,
  x: Value,
  shape: Shape,
  { ranges, base, parts }: Drawing,
  how: Sampling,
  mode: Mode,
): Value {
  const matrix = matrixOf(label, x, base, parts(drawnIn(label, x, ranges, mode), arithmetic(label)));
  return resampled(label, x, shape, how, matrix);
}

/** A layer's own options, checked, and what follows from them. */
export interface Plan {
  readonly own: ReturnType<Layer['ownOptions']>;
  readonly how: Sampling;
  readonly draw: (height: number, width: number) => Drawing;
}

/** Moves images [height, width, channels] while training. */
export class RandomMatrix extends Layer {
  readonly #plan: Plan;

  /** `plan` reads the options, whose names have been checked. */
  constructor(kind: string, options: LayerOptions, names: readonly string[], plan: () => Plan) {
    super(kind, options, names);
    this.#plan = plan();
  }

  protected ownOptions() {
    return this.#plan.own;
  }

  protected shapeOf(inputs: readonly Shape[]): Shape {
    return positionedInput(this, inputs);
  }

  protected compute([x]: readonly [Value], mode: Mode): Value {
    if (!mode.training) return x;
    const [height = 1, width = 1] = x.shape;
    const { draw, how } = this.#plan;
    return drawnFrom(this.name, x, x.shape, draw(height, width), how, mode);
  }
}
