/** The larger core, which a runtime gets when something is recorded that the smaller one cannot do. */
import { setFlagsFromString } from 'node:v8';
import { beforeAll, describe, expect, test } from 'vitest';
import { MULTIPLY } from '../../assembly/codes.ts';
import { UNFINISHED } from '../../assembly/control.ts';
import * as op from '../../assembly/opcodes.ts';
import * as words from '../../assembly/words/binary.ts';
import { full } from '../../src/engine/full.ts';
import { type Engine, engineOf } from '../../src/engine/runtime.ts';
import { createRuntime, tensor } from '../../src/index.ts';
import { compiled, floats, labels } from '../helpers.ts';
import { left, threaded, until, workers } from '../threads.ts';

// Node 20 has relaxed SIMD behind a flag, which must be set before the first module is compiled
beforeAll(() => setFlagsFromString('--experimental-wasm-relaxed-simd'));

const n = 1000;

/** A program of one operation, which threads share: y = x * x for numbers from 0 to 999. */
function squares(engine: Engine): { readonly address: number; readonly results: () => number[] } {
  const scope = engine.scope();
  const address = scope.allocate(op.HEADER_BYTES + op.OPERATION_BYTES);
  const [x, y] = [scope.allocate(4 * n), scope.allocate(4 * n)];
  engine.f32(x, n).set(Array.from({ length: n }, (_, i) => i));
  const header = engine.i32(address, op.HEADER_BYTES / 4);
  header[op.AT_OPERATIONS / 4] = 1;
  header[op.AT_BATCH_SIZE / 4] = 1;
  header[op.AT_ROW_COUNT / 4] = 1;
  header[op.AT_SCRATCH / 4] = engine.scratch;
  const operation = engine.i32(address + op.HEADER_BYTES, op.OPERATION_BYTES / 4);
  const values = { y, a: x, b: x, kind: MULTIPLY, n, aRepeat: 1, bRepeat: 1 };
  operation[0] = words.code;
  const places = new Map(Object.entries(words));
  for (const [name, value] of Object.entries(values)) operation[places.get(name) ?? Number.NaN] = value;
  operation[op.SHARED] = 1;
  return { address, results: () => [...engine.f32(y, n)] };
}
const expected = Array.from({ length: n }, (_, i) => i * i);

describe.each(['strict', 'relaxed'] as const)('a %s runtime', (simd) => {
  test('gets the operations that it lacks, over the memory that it has', () => {
    using runtime = createRuntime({ simd, threads: 1, maximumMemory: 2 ** 24 });
    const engine = engineOf(runtime);
    const kept = tensor([3], [1, 2, 3], { runtime });
    const before = squares(engine);
    expect(() => engine.core.run(before.address, 1, 0, 1)).toThrow(WebAssembly.RuntimeError);
    expect(before.results()).toEqual(new Array(n).fill(0));
    engine.require(full);
    const after = squares(engine);
    expect(engine.core.run(after.address, 1, 0, 1)).toBe(1);
    expect(after.results()).toEqual(expected);
    expect([...kept.data]).toEqual([1, 2, 3]);
  });

  test('is given them once, and compiles them once for all', () => {
    using one = createRuntime({ simd, threads: 1, maximumMemory: 2 ** 24 });
    using other = createRuntime({ simd, threads: 1, maximumMemory: 2 ** 24 });
    engineOf(one).require(full);
    const { core } = engineOf(one);
    engineOf(one).require(full);
    expect(engineOf(one).core).toBe(core);
    engineOf(other).require(full);
    expect(engineOf(other).module).toBe(engineOf(one).module);
  });
});

test('a runtime that has been disposed of is refused', () => {
  const engine = engineOf(createRuntime({ threads: 1, maximumMemory: 2 ** 24 }));
  engine.dispose();
  expect(() => engine.require(full)).toThrow('the runtime has been disposed of');
});

test('workers that have the smaller core end, and others take their place before the next run', async () => {
  const engine = await threaded(3);
  const old = workers.slice(-2);
  engine.require(full);
  const { address, results } = squares(engine);
  expect(engine.threading.crew(3)).toBeUndefined();
  await until(() => engine.threading.crew(3)?.threads === 3);
  await until(() => old.every((worker) => left.has(worker)));
  const crew = engine.threading.crew(3);
  let done = crew?.run(address, 1, 3);
  while (done === UNFINISHED) done = crew?.resume();
  expect(results()).toEqual(expected);
  engine.dispose();
});

// with so little patience runs are left in the middle of a step, and the core changes while workers compute
test.each([20, 0.0001])(
  'training that is under way when the core changes gives the same weights (patience %d ms)',
  async (patience) => {
    const x = floats([96, 4], 1);
    const y = labels(96, 3, 2);
    const train = async (threads: number, tasks: number | undefined): Promise<string> => {
      const engine = await threaded(threads, patience);
      const model = compiled(engine);
      const training = model.fit(x, y, { epochs: 40, batchSize: 16 });
      if (tasks !== undefined) {
        for (let i = 0; i < tasks; i++) await new Promise((resolve) => setImmediate(resolve));
        engine.require(full);
        const { address, results } = squares(engine);
        engine.core.run(address, 1, 0, 1);
        expect(results()).toEqual(expected);
      }
      await training;
      const digest = await model.digest();
      model.dispose();
      engine.dispose();
      return digest;
    };
    const want = await train(1, undefined);
    for (const tasks of [0, 1, 2, 5, 20]) expect(await train(3, tasks)).toBe(want);
  },
);
