/** Copies targets, predictions and weights into the runtime's memory, after checking that they fit. */
import type { Room } from './engine/memory.ts';
import type { Engine } from './engine/runtime.ts';
import { toArrayData } from './tensor.ts';
import { checkNumber, sameShape, showShape, sizeOf } from './validate.ts';
import { divided, type Values } from './values.ts';

/** A loss's requirements of its targets. */
export interface TargetKind {
  readonly name: string;
  /** Integer labels, not values of the predictions' shape. */
  readonly sparse: boolean | undefined;
  readonly ignoreClass: number;
}

/** Copies numbers as float32, int32 or bytes and returns their address. */
export function placeAs(view: 'f32' | 'i32' | 'u8', engine: Engine, scope: Room, data: Values['data']): number {
  const address = scope.allocate(data.length * (view === 'u8' ? 1 : 4));
  engine[view](address, data.length).set(data);
  return address;
}

/** Predictions [.., cols] as rows of `cols`. */
export function placePredictions(
  engine: Engine,
  scope: Room,
  predictions: Values,
): { address: number; rows: number; cols: number; leading: readonly number[] } {
  const { shape } = predictions;
  const cols = shape.at(-1) ?? 0;
  if (shape.length < 2 || cols === 0)
    throw new RangeError(`predictions must have shape [.., classes], got ${showShape(shape)}`);
  const leading = shape.slice(0, -1);
  const rows = sizeOf(leading);
  if (rows === 0) throw new RangeError(`predictions are empty: ${showShape(shape)}`);
  return { address: placeAs('f32', engine, scope, divided(predictions)), rows, cols, leading };
}

/**
 * Targets that fit predictions of shape [...leading, cols]: for the sparse kinds, labels of shape `leading` (with or without a last axis of 1),
 * else values of the same shape (a last axis of 1 may be missing). Returns their address.
 */
export function placeTargets(
  engine: Engine,
  scope: Room,
  name: string,
  value: unknown,
  leading: readonly number[],
  cols: number,
  { name: kind, sparse, ignoreClass }: TargetKind,
): number {
  const targets = toArrayData(name, value);
  const { shape } = targets;
  const full = [...leading, cols];
  const expected = sparse ? leading : full;
  const one = cols === 1 ? leading : full;
  if (!sameShape(shape, expected) && !sameShape(shape, sparse ? [...leading, 1] : one)) {
    const other = sparse ? 'one-hot targets use categorical' : 'integer labels use sparseCategorical';
    const hint = sameShape(shape, sparse ? full : leading) ? `; for ${other}Crossentropy` : '';
    throw new RangeError(`${kind}: expected ${name} of shape ${showShape(expected)}, got ${showShape(shape)}${hint}`);
  }
  const data = divided(targets);
  if (!sparse) return placeAs('f32', engine, scope, data);
  for (let i = 0; i < data.length; i++) {
    const label = data[i] ?? 0;
    if (label !== ignoreClass && (!Number.isInteger(label) || label < 0 || label >= cols))
      throw new RangeError(`${name}[${i}] is ${label}, but labels must be integers from 0 to ${cols - 1}`);
  }
  return placeAs('i32', engine, scope, data);
}

/** One weight for each row; they must be finite. A negative one turns a loss around, as policy gradients need it. */
export function placeWeights(engine: Engine, scope: Room, value: unknown, rows: number): number {
  const weights = toArrayData('sampleWeight', value);
  const data = divided(weights);
  if (data.length !== rows)
    throw new RangeError(`sampleWeight must hold ${rows} weights, got ${showShape(weights.shape)}`);
  const bad = data.findIndex((weight) => !Number.isFinite(weight));
  if (bad >= 0) checkNumber(`sampleWeight[${bad}]`, data[bad], Number.NEGATIVE_INFINITY);
  return placeAs('f32', engine, scope, data);
}
