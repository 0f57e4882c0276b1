/** Rules that weights keep to after each update. Norms are taken along axes of the weight, at least 1e-7 added where one divides, as in Keras. */
import type { JsonObject } from './config.ts';
import type { Constraint } from './constraint.ts';
import type { Value } from './graph/graph.ts';
import type { Shape } from './graph/operation.ts';
import { type Arithmetic, arithmetic } from './graph/operations/arrays/arithmetic.ts';
import { maximumOf, sumOver } from './graph/operations/arrays/moments.ts';
import { clipped } from './graph/operations/arrays/unary.ts';
import { checkInteger, checkNumber, checkOptions, showShape } from './validate.ts';

/** Options of constraints of norms. */
export interface NormOptions {
  /**
   * The axis of the weight, or axes, along which the norm is taken; negative ones count from the end. Default 0: the inputs of each unit of a dense layer; for each filter of a convolution of
   * images it is `[0, 1, 2]`.
   */
  readonly axis?: number | readonly number[];
}

/** Options of {@link maxNorm}. */
export interface MaxNormOptions extends NormOptions {
  /** The largest norm. Default 2. */
  readonly maxValue?: number;
}

/** Options of {@link minMaxNorm}. */
export interface MinMaxNormOptions extends NormOptions {
  /** The smallest norm. Default 0. */
  readonly minValue?: number;
  /** The largest norm. Default 1. */
  readonly maxValue?: number;
  /** How much of the way to the bound a step goes, from 0 to 1. Default 1. */
  readonly rate?: number;
}

const EPSILON = 1e-7;

type Axis = number | readonly number[];

function axisFrom(axis: Axis = 0): Axis {
  for (const one of [axis].flat()) checkInteger('axis', one, Number.MIN_SAFE_INTEGER);
  return typeof axis === 'number' ? axis : [...axis];
}

/** The axes of a weight of this shape, ascending. */
function axesOf(what: string, axis: Axis, shape: Shape): number[] {
  const rank = shape.length;
  const axes = [axis].flat().map((one) => (one < 0 ? one + rank : one));
  if (new Set(axes).size < axes.length || axes.some((one) => one < 0 || one >= rank))
    throw new RangeError(`${what} ${showShape(shape)} cannot be constrained along axis ${[axis].flat().join(', ')}`);
  return axes.sort((a, b) => a - b);
}

/** A constraint that multiplies by what `wanted` makes of each norm, by default 1, and divides by the norm. */
function ofNorms(
  name: string,
  axis: Axis,
  options: JsonObject,
  wanted?: (m: Arithmetic, norms: Value, label: string) => Value,
): Constraint {
  return Object.freeze({
    name,
    options: { ...options, axis },
    check: (what: string, shape: Shape) => void axesOf(what, axis, shape),
    trace(label: string, w: Value) {
      const m = arithmetic(label);
      const norms = m.sqrt(sumOver(label, m.square(w), axesOf(label, axis, w.shape)));
      const divisor = m.add(norms, EPSILON);
      return wanted === undefined ? m.divide(w, divisor) : m.multiply(w, m.divide(wanted(m, norms, label), divisor));
    },
  });
}

/**
 * Shortens what is longer than `maxValue`.
 *
 * @throws RangeError for a negative norm; when a layer is built, for axes that its weight has not.
 * @example
 * ```ts
 * import { constraints, layers } from 'simdescent';
 * layers.dense({ units: 10, kernelConstraint: constraints.maxNorm({ maxValue: 3 }) });
 * ```
 */
export function maxNorm(options: MaxNormOptions = {}): Constraint {
  checkOptions('constraints.maxNorm', options, ['maxValue', 'axis']);
  const { maxValue = 2 } = options;
  checkNumber('maxValue', maxValue, 0);
  return ofNorms('maxNorm', axisFrom(options.axis), { maxValue }, (_, norms, label) =>
    clipped(label, norms, 0, maxValue),
  );
}

/**
 * Sets what is negative to 0.
 *
 * @example
 * ```ts
 * import { constraints, layers } from 'simdescent';
 * layers.dense({ units: 10, kernelConstraint: constraints.nonNeg() });
 * ```
 */
export function nonNeg(options: Readonly<Record<string, never>> = {}): Constraint {
  checkOptions('constraints.nonNeg', options, []);
  return Object.freeze({
    name: 'nonNeg',
    options: {},
    check: () => {},
    trace: (label: string, w: Value) => maximumOf(label, w, 0),
  });
}

/**
 * Gives all the norm 1.
 *
 * @throws RangeError when a layer is built, for axes that its weight has not.
 * @example
 * ```ts
 * import { constraints, layers } from 'simdescent';
 * layers.dense({ units: 10, kernelConstraint: constraints.unitNorm({ axis: 0 }) });
 * ```
 */
export function unitNorm(options: NormOptions = {}): Constraint {
  checkOptions('constraints.unitNorm', options, ['axis']);
  return ofNorms('unitNorm', axisFrom(options.axis), {});
}

/**
 * Lengthens and shortens to norms between two bounds, in one step or, with a rate below 1, step by step.
 *
 * @throws RangeError for bounds in the wrong order, or a rate outside of 0 to 1; when a layer is built, for axes that its weight has not.
 * @example
 * ```ts
 * import { constraints, layers } from 'simdescent';
 * const kernelConstraint = constraints.minMaxNorm({ minValue: 0.5, maxValue: 2, rate: 0.1, axis: [0, 1, 2] });
 * layers.conv2d({ filters: 8, kernelSize: 3, kernelConstraint });
 * ```
 */
export function minMaxNorm(options: MinMaxNormOptions = {}): Constraint {
  checkOptions('constraints.minMaxNorm', options, ['minValue', 'maxValue', 'rate', 'axis']);
  const { minValue = 0, maxValue = 1, rate = 1 } = options;
  checkNumber('minValue', minValue, 0);
  checkNumber('maxValue', maxValue, minValue);
  checkNumber('rate', rate, 0, 1);
  return ofNorms('minMaxNorm', axisFrom(options.axis), { minValue, maxValue, rate }, (m, norms, label) => {
    const wanted = clipped(label, norms, minValue, maxValue);
    return rate === 1 ? wanted : m.add(m.multiply(wanted, rate), m.multiply(norms, 1 - rate));
  });
}
