/** Puts targets, predictions and weights into the runtime's memory, after checking that they fit. */
import type { Scope } from './engine/memory.ts';
import type { Engine } from './engine/runtime.ts';
import { type ArrayData, type TensorLike, toArrayData } from './tensor.ts';
import { sameShape, showShape, sizeOf } from './validate.ts';

/** What a loss or a metric says of its targets. */
export interface TargetKind {
  readonly name: string;
  /** Integer labels, not values of the predictions' shape. */
  readonly sparse: boolean;
  readonly ignoreClass: number;
}

/** Copies numbers as float32 and returns where they are. */
export function placeFloats(engine: Engine, scope: Scope, { data, divisor = 1 }: ArrayData): number {
  const address = scope.allocate(data.length * 4);
  const view = engine.f32(address, data.length);
  view.set(data);
  if (divisor !== 1) for (let i = 0; i < view.length; i++) view[i] = Math.fround((view[i] ?? 0) / Math.fround(divisor));
  return address;
}

/** Predictions [.., cols] as rows of `cols`. */
export function placePredictions(
  engine: Engine,
  scope: Scope,
  predictions: ArrayData,
): { address: number; rows: number; cols: number; leading: readonly number[] } {
  const { shape } = predictions;
  const cols = shape.at(-1) ?? 0;
  if (shape.length < 2 || cols === 0)
    throw new RangeError(`predictions must have shape [.., classes], got ${showShape(shape)}`);
  const leading = shape.slice(0, -1);
  const rows = sizeOf(leading);
  if (rows === 0) throw new RangeError(`predictions are empty: ${showShape(shape)}`);
  return { address: placeFloats(engine, scope, predictions), rows, cols, leading };
}

/** Labels must be whole numbers within the classes: the first that is not is named. */
function placeLabels(
  engine: Engine,
  scope: Scope,
  name: string,
  data: ArrayData['data'],
  classes: number,
  ignoreClass: number,
): number {
  for (let i = 0; i < data.length; i++) {
    const label = data[i] as number;
    if (label === ignoreClass) continue;
    if (!Number.isInteger(label) || label < 0 || label >= classes) {
      throw new RangeError(`${name}[${i}] is ${label}, but labels must be integers from 0 to ${classes - 1}`);
    }
  }
  const address = scope.allocate(data.length * 4);
  engine.i32(address, data.length).set(data);
  return address;
}

/**
 * Targets that fit predictions of shape [...leading, cols]: labels of shape `leading` (or with a last axis of 1) for the sparse
 * kinds, else values of the same shape (a last axis of 1 may be missing). Returns their address.
 */
export function placeTargets(
  engine: Engine,
  scope: Scope,
  name: string,
  value: TensorLike,
  leading: readonly number[],
  cols: number,
  { name: kind, sparse, ignoreClass }: TargetKind,
): number {
  const targets = toArrayData(name, value);
  const { shape } = targets;
  const full = [...leading, cols];
  if (sparse) {
    if (!sameShape(shape, leading) && !sameShape(shape, [...leading, 1])) {
      const hint = sameShape(shape, full) ? '; for one-hot targets use categoricalCrossentropy' : '';
      throw new RangeError(`${kind}: expected ${name} of shape ${showShape(leading)}, got ${showShape(shape)}${hint}`);
    }
    return placeLabels(engine, scope, name, targets.data, cols, ignoreClass);
  }
  if (!sameShape(shape, full) && !(cols === 1 && sameShape(shape, leading))) {
    const hint = sameShape(shape, leading) && cols > 1 ? '; for integer labels use sparseCategoricalCrossentropy' : '';
    throw new RangeError(`${kind}: expected ${name} of shape ${showShape(full)}, got ${showShape(shape)}${hint}`);
  }
  return placeFloats(engine, scope, targets);
}

/** One weight for each row; they must be finite and not negative. */
export function placeWeights(
  engine: Engine,
  scope: Scope,
  value: TensorLike,
  rows: number,
  name = 'sampleWeight',
): number {
  const weights = toArrayData(name, value);
  if (weights.data.length !== rows)
    throw new RangeError(`${name} must hold ${rows} weights, got ${showShape(weights.shape)}`);
  const bad = weights.data.findIndex((weight) => !(weight >= 0 && weight < Number.POSITIVE_INFINITY));
  if (bad >= 0)
    throw new RangeError(`${name}[${bad}] is ${weights.data[bad]}, but weights must be finite and not negative`);
  return placeFloats(engine, scope, weights);
}
