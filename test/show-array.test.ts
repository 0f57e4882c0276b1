/** Tensors as text and as nested arrays. */
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { tensor } from '../src/index.ts';

const counting = (shape: number[]) => {
  const size = shape.reduce((product, one) => product * one, 1);
  return tensor(
    shape,
    Float32Array.from({ length: size }, (_, i) => i),
  );
};

test('numbers stand in aligned columns, with brackets for each axis', () => {
  using one = tensor([3], [1, -2.5, 0.1]);
  expect(String(one)).toBe('Tensor float32 [3] [   1, -2.5,  0.1]');
  using two = tensor([2, 2], [1, -2, 0.5, 30]);
  expect(String(two)).toBe('Tensor float32 [2, 2]\n[[  1,  -2],\n [0.5,  30]]');
  using three = counting([2, 2, 2]);
  expect(String(three)).toBe('Tensor float32 [2, 2, 2]\n[[[0, 1],\n  [2, 3]],\n\n [[4, 5],\n  [6, 7]]]');
  expect(inspect(three)).toBe(String(three));
  using scalar = tensor([], [7]);
  expect(String(scalar)).toBe('Tensor float32 [] 7');
  using none = tensor([0, 3]);
  expect(String(none)).toBe('Tensor float32 [0, 3]\n[]');
});

test('of more than 1000 numbers the ends of each axis are shown, as in NumPy', () => {
  using all = counting([1000]);
  expect(String(all)).toContain('999]');
  expect(String(all)).not.toContain('...');
  for (const line of String(all).split('\n').slice(1)) expect(line.length).toBeLessThanOrEqual(76);
  using long = counting([1001]);
  expect(String(long)).toBe('Tensor float32 [1001] [   0,    1,    2, ...,  998,  999, 1000]');
  using wide = counting([4, 300]);
  expect(String(wide).split('\n')).toEqual([
    'Tensor float32 [4, 300]',
    '[[   0,    1,    2, ...,  297,  298,  299],',
    ' [ 300,  301,  302, ...,  597,  598,  599],',
    ' [ 600,  601,  602, ...,  897,  898,  899],',
    ' [ 900,  901,  902, ..., 1197, 1198, 1199]]',
  ]);
  using tall = counting([300, 4]);
  expect(String(tall).split('\n')[4]).toBe(' ...,');
  expect(String(tall).split('\n')).toHaveLength(8);
});

test('numbers that are none, and integers, are themselves', () => {
  using odd = tensor([4], [Number.NaN, Number.POSITIVE_INFINITY, -0.5, 1e-20]);
  expect(String(odd)).toContain('NaN, Infinity');
  using bytes = tensor([2], [1, 255], { dtype: 'uint8', divisor: 255 });
  expect(String(bytes)).toBe('Tensor uint8 [2] / 255 [  1, 255]');
});

test('toArray nests like the shape, and is a copy', () => {
  using three = counting([2, 1, 2]);
  const nested = three.toArray();
  expect(nested).toEqual([[[0, 1]], [[2, 3]]]);
  three.data[0] = 9;
  expect(nested).toEqual([[[0, 1]], [[2, 3]]]);
  using back = tensor([2, 1, 2], nested);
  expect(Array.from(back.data)).toEqual([0, 1, 2, 3]);
  using scalar = tensor([], [7]);
  expect(scalar.toArray()).toBe(7);
  using none = tensor([0, 3]);
  expect(none.toArray()).toEqual([]);
});
