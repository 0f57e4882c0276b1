/** The digest of tensors without a model. */
import { expect, test } from 'vitest';
import { digest, layers, type ParameterTree, sequential, tensor } from '../../src/index.ts';
import { errorOf } from '../helpers.ts';

test('is that of a model with the same weights, and of the same numbers in any structure', async () => {
  using model = sequential([layers.dense({ units: 3, inputShape: [2] })], { seed: 1 });
  const [kernel, bias] = model.weights.map(({ tensor }) => tensor);
  const a = tensor([2, 3], kernel);
  const b = tensor([3], bias);
  const want = await model.digest();
  // objects in the order of their keys' names
  const trees: readonly ParameterTree[] = [[a, b], { z: b, a }, { layers: [{ kernel: a, other: [b] }] }];
  for (const tree of trees) expect(await digest(tree)).toBe(want);
  expect(await digest([b, a])).not.toBe(want);
  a.data[0] = (a.data[0] ?? 0) + 1;
  expect(await digest([a, b])).not.toBe(want);
});

test('takes all NaNs as one', async () => {
  const [a, b] = [tensor([1]), tensor([1])];
  new Uint32Array(a.data.buffer, a.data.byteOffset, 1)[0] = 0x7fc00000;
  new Uint32Array(b.data.buffer, b.data.byteOffset, 1)[0] = 0xffc12345;
  expect(await digest(a)).toBe(await digest(b));
});

test.each([
  ['numbers', [1, 2], /tensors must be a tensor/],
  ['integers', { w: tensor([1], [1], { dtype: 'int32' }) }, /tensors\.w.*int32/],
])('refuses %s', async (_, given, message) => {
  const error = await errorOf(() => digest(given as never));
  expect(error).toBeInstanceOf(TypeError);
  expect(error.message).toMatch(message);
});
