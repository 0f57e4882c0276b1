/** What operations do with the batch axis, and what they refuse to. */
import { expect, test } from 'vitest';
import { Engine } from '../../src/engine/runtime.ts';
import { Graph, Value } from '../../src/graph/graph.ts';
import { ops } from '../../src/index.ts';
import { SymbolicValue } from '../../src/ops/symbolic.ts';
import { errorOf } from '../helpers.ts';

const engine = new Engine(2 ** 26, 1);
const graph = new Graph(engine, engine.scope(), 4);
const symbolic = (rows: boolean, ...shape: number[]) => new SymbolicValue(new Value(graph, { shape, rows }));
const x = symbolic(true, 2, 3);
const w = symbolic(false, 3);

test('shapes have null for the batch', () => {
  expect(x.shape).toEqual([null, 2, 3]);
  expect(ops.add(x, w).shape).toEqual([null, 2, 3]);
  expect(ops.sum(x, { axis: 0 }).shape).toEqual([2, 3]);
  expect(ops.mean(x, { axis: [0, 2], keepdims: true }).shape).toEqual([1, 2, 1]);
  expect(ops.sum(x).shape).toEqual([]);
  expect(ops.matmul(x, symbolic(false, 3, 5)).shape).toEqual([null, 2, 5]);
  expect(ops.reshape(x, [null, -1]).shape).toEqual([null, 6]);
  expect(ops.take(symbolic(false, 9, 5), symbolic(true, 7)).shape).toEqual([null, 7, 5]);
  expect(ops.concatenate([x, symbolic(false, 1, 2, 1)]).shape).toEqual([null, 2, 4]);
  expect(`${x}`).toMatch(/\.\., 2, 3/);
});

test.each([
  [() => ops.add(x, symbolic(false, 4, 2, 3)), /add: shapes \[\.\., 2, 3\] and \[4, 2, 3\]/],
  [() => ops.add(x, symbolic(true, 3)), /do not broadcast/],
  [() => ops.add(symbolic(true), w), /do not broadcast/],
  [() => ops.transpose(x), /batch/],
  [() => ops.reshape(x, [6, -1]), /reshape: \[\.\., 2, 3\].*batch/],
  [() => ops.slice(x, [1, 0, 0], [-1, 1, 1]), /batch/],
  [() => ops.concatenate([x, x], { axis: 0 }), /batch/],
  [() => ops.stack([x, x], { axis: 0 }), /batch/],
  [() => ops.split(x, 2), /batch/],
  [() => ops.tile(x, [2, 1, 1]), /batch/],
  [() => ops.expandDims(x, 0), /batch/],
  [() => ops.softmax(x, { axis: 0 }), /batch/],
  [() => ops.cumsum(x), /batch/],
  [() => ops.argMax(x), /one axis/],
  [() => ops.take(x, [0]), /table.*batch/],
  [() => ops.matmul(w, symbolic(true, 3)), /does not fit/],
  [() => ops.randomNormal(symbolic(false, 2)), /seed/],
] as const)('%s is refused', async (run, want) => {
  const error = await errorOf(run);
  expect(error.message).toMatch(want);
});

test('nothing is allocated by recording', () => {
  expect(engine.memory.used).toBe(0);
});
