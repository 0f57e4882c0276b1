/** The digest of tensors that belong to no model. */
import { digestOf } from '../digest.ts';
import { checkTensor } from '../ops/operand.ts';
import type { ParameterTree } from './compile-step.ts';
import { treeOf } from './tree.ts';

/**
 * SHA-256 of float32 tensors, or of plain objects and arrays of them, as they are at the call: little-endian bytes, objects in the order of their keys'
 * names, 64 hex digits. Equal digests are equal numbers, to the last bit; all NaNs count as one. `model.digest()` is the same of a model's weights.
 *
 * @throws TypeError for anything but float32 tensors.
 * @example
 * ```ts
 * import { digest, initializers, tensor } from 'simdescent';
 * const parameters = { w: tensor([2, 1], initializers.heNormal(), { seed: 1 }), b: tensor([1]) };
 * console.log(await digest(parameters)); // the same in every engine
 * ```
 * @category Tensors and gradients
 */
export async function digest(tensors: ParameterTree): Promise<string> {
  return digestOf(treeOf('tensors', tensors).leaves.map(({ path, value }) => checkTensor(path, value).data));
}
