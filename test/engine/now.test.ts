import { expect, test } from 'vitest';
import { ops, tensor } from '../../src/index.ts';
import { randomFloats } from '../core.ts';
import { threaded, until, workers } from '../threads.ts';

const random = randomFloats(11);
const [m, n, k] = [181, 190, 175];
const orientations = [
  [false, false],
  [false, true],
  [true, false],
  [true, true],
] as const;
const a = Float32Array.from({ length: m * k }, random);
const b = Float32Array.from({ length: k * n }, random);
const bias = Float32Array.from({ length: n }, random);

/** Products in all orientations, on `threads` threads. */
async function products(threads: number): Promise<Float32Array[]> {
  using runtime = await threaded(threads);
  return orientations.map(([transposeA, transposeB]) => {
    const x = tensor(transposeA ? [k, m] : [m, k], a, { runtime });
    const y = tensor(transposeB ? [n, k] : [k, n], b, { runtime });
    const options = { transposeA, transposeB, bias: tensor([n], bias, { runtime }), activation: 'relu' } as const;
    return ops.matmul(x, y, options).data.slice();
  });
}

test('a large product has the same bits on any number of threads', async () => {
  const want = await products(1);
  for (const threads of [2, 3, 7]) expect(await products(threads), `${threads} threads`).toEqual(want);
});

test('a product whose worker has been killed is finished by the caller, and nothing hands out its memory too early', async () => {
  const [want] = await products(1);
  using runtime = await threaded(2);
  const [x, y] = [tensor([m, k], a, { runtime }), tensor([k, n], b, { runtime })];
  const options = { bias: tensor([n], bias, { runtime }), activation: 'relu' } as const;
  void workers.at(-1)?.terminate();
  // it ends while no event can tell
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
  const used = runtime.memory.used;
  const c = ops.matmul(x, y, options);
  expect(c.data).toEqual(want);
  c.dispose();
  // the crew goes, and the next product gets another one
  await until(() => runtime.memory.used <= used);
  expect(ops.matmul(x, y, options).data).toEqual(want);
});
