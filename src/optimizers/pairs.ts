import type { Engine } from '../engine/runtime.ts';
import { Tensor } from '../tensor.ts';
import { sameShape, show, showShape } from '../validate.ts';

/** A parameter and its gradient: float32 tensors of equal shape. */
export type GradientPair = readonly [parameter: Tensor<'float32'>, gradient: Tensor<'float32'>];

/** Checks the pairs of one step before anything changes; returns their engine. */
export function checkPairs(pairs: readonly GradientPair[]): Engine {
  if (!Array.isArray(pairs)) throw new TypeError(`apply takes pairs [parameter, gradient], got ${show(pairs)}`);
  for (const [i, pair] of pairs.entries()) {
    const [w, g] = Array.isArray(pair) ? pair : [];
    if (!(w instanceof Tensor) || !(g instanceof Tensor))
      throw new TypeError(`pair ${i} must be [parameter, gradient], two tensors`);
    if (w.dtype !== 'float32' || g.dtype !== 'float32')
      throw new TypeError(`pair ${i}: expected float32 tensors, got ${w.dtype} and ${g.dtype}`);
    if (!sameShape(w.shape, g.shape)) {
      throw new RangeError(
        `pair ${i}: parameter ${showShape(w.shape)} and gradient ${showShape(g.shape)} differ in shape`,
      );
    }
    if (w.engine !== g.engine || w.engine !== pairs[0]?.[0].engine)
      throw new Error(`pair ${i}: tensors of different runtimes cannot be combined`);
    // asks for an address so that a disposed tensor is found before anything changes
    void w.address;
    void g.address;
  }
  const first = pairs[0];
  if (first === undefined) throw new RangeError('no gradients: apply takes at least one pair [parameter, gradient]');
  const parameters = pairs.map(([w]) => w).sort((a, b) => a.address - b.address);
  for (const [i, { address, size }] of parameters.entries())
    if ((parameters[i + 1]?.address ?? Infinity) < address + 4 * size)
      throw new Error('a parameter is given twice, or overlaps another');
  return first[0].engine;
}
