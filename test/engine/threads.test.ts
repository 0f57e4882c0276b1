/** Workers: when they start, how they end, and what they leave behind. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { build } from 'tsdown';
import { describe, expect, test } from 'vitest';
import { engineOf } from '../../src/engine/runtime.ts';
import { Choice } from '../../src/engine/threads.ts';
import { createRuntime, layers, sequential } from '../../src/index.ts';
import { run } from '../child.ts';
import { classifier, compiled, errorOf, floats, labels } from '../helpers.ts';
import { left, threaded, until, workers } from '../threads.ts';

const x = floats([20, 4], 1);
const y = labels(20, 3, 2);

describe('threads of a runtime', () => {
  test('are as many as asked for, or as there are processors', () => {
    using three = createRuntime({ threads: 3 });
    expect(three.threads).toBe(3);
    using auto = createRuntime({ threads: 'auto' });
    using plain = createRuntime();
    expect(plain.threads).toBe(auto.threads);
    expect(auto.threads).toBe(Math.min(8, os.availableParallelism()));
  });

  test.each([0, 65, 1.5, Number.NaN, 'many'])('cannot be %s', (threads) => {
    expect(() => createRuntime({ threads: threads as number })).toThrow(/^threads must be /);
  });

  test('are one for small models, which start no worker', async () => {
    const before = workers.length;
    for (const threads of [1, 4, 'auto'] as const) {
      using runtime = createRuntime({ threads });
      const model = compiled(runtime);
      await model.fit(x, y, { epochs: 50, validationSplit: 0.2 });
      await model.evaluate(x, y);
      await model.predict(x);
    }
    expect(workers.length).toBe(before);
  });

  test('are one where the host refuses workers, which changes nothing else', async () => {
    const host = process.getBuiltinModule('node:worker_threads');
    const { Worker } = host;
    host.Worker = class {
      constructor() {
        throw new Error('not here');
      }
    } as never;
    using runtime = createRuntime({ threads: 2 });
    engineOf(runtime).threading.grain = 0;
    const { used } = runtime.memory;
    const model = compiled(runtime);
    await model.fit(x, y, { epochs: 2 });
    expect(runtime.threads).toBe(1);
    model.dispose();
    await until(() => runtime.memory.used <= used + 2 ** 20);
    host.Worker = Worker;
    using alone = createRuntime({ threads: 1 });
    const [again, want] = [compiled(runtime), compiled(alone)];
    for (const one of [again, want]) await one.fit(x, y, { epochs: 2 });
    expect(await again.digest()).toBe(await want.digest());
  });

  test('are one where a worker ends before it has begun', async () => {
    using runtime = createRuntime({ threads: 2 });
    const engine = engineOf(runtime);
    engine.threading.grain = 0;
    expect(engine.threading.crew(2)).toBeUndefined();
    await workers.at(-1)?.terminate();
    await compiled(runtime).fit(x, y, { epochs: 2 });
    expect(runtime.threads).toBe(1);
  });

  test('are one where there is no memory for more', async () => {
    using runtime = createRuntime({ threads: 64, maximumMemory: 4 * 2 ** 20 });
    engineOf(runtime).threading.grain = 0;
    const { history } = await compiled(runtime).fit(x, y, { epochs: 3 });
    expect(history.loss?.length).toBe(3);
    expect(runtime.threads).toBe(1);
  });
});

describe('the choice between one thread and several', () => {
  /** What is chosen in `runs` runs that take so many milliseconds a step. */
  const choices = (alone: number, shared: number, runs: number) => {
    const choice = new Choice();
    return Array.from({ length: runs }, () => {
      const { shared: chosen } = choice;
      choice.took(chosen, chosen ? shared : alone);
      return chosen;
    });
  };

  test('tries both, keeps to the faster one, and looks at the other ever more rarely', () => {
    const shared = choices(2, 1, 400);
    expect(shared.slice(0, 2)).toEqual([true, false]);
    expect(shared.filter((chosen) => !chosen).length).toBeLessThan(15);
    const alone = choices(1, 2, 400);
    expect(alone.filter((chosen) => chosen).length).toBeLessThan(15);
    expect(alone.lastIndexOf(true)).toBeGreaterThan(200);
  });

  test('changes its mind when a processor becomes busy, and again when it is free', () => {
    const choice = new Choice();
    /** How often it shares in the second half of `runs` runs. */
    const share = (runs: number, alone: number, shared: number): number => {
      let count = 0;
      for (let i = 0; i < runs; i++) {
        const chosen = choice.shared;
        choice.took(chosen, chosen ? shared : alone);
        if (chosen && i >= runs / 2) count++;
      }
      return count;
    };
    expect(share(100, 2, 1)).toBeGreaterThan(45);
    expect(share(100, 2, 5)).toBeLessThan(5);
    expect(share(1000, 2, 1)).toBeGreaterThan(490);
  });
});

describe('workers', () => {
  test('of a hundred runtimes, disposed of at any time, end, and leave no memory behind', async () => {
    const refs: WeakRef<object>[] = [];
    const before = workers.length;
    const once = async (i: number) => {
      const runtime = i % 4 === 0 ? await threaded(2) : createRuntime({ threads: 2, maximumMemory: 2 ** 24 });
      const engine = engineOf(runtime);
      engine.threading.grain = 0;
      const model = classifier({ runtime });
      model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
      await model.fit(x, y, { epochs: 1 + (i % 3) });
      refs.push(new WeakRef(engine), new WeakRef(engine.buffer));
      runtime.dispose();
    };
    for (let i = 0; i < 100; i++) await once(i);
    expect(workers.length - before).toBeGreaterThanOrEqual(100);
    await until(() => left.size === workers.length);
    workers.length = 0;
    left.clear();
    setFlagsFromString('--expose-gc');
    const gc = runInNewContext('gc') as () => void;
    const alive = () => refs.filter((ref) => ref.deref() !== undefined).length;
    // a reference that somebody has just read lives until the task ends
    for (let i = 0; i < 20 && alive() > 2; i++) {
      await new Promise((resolve) => setImmediate(resolve));
      gc();
    }
    expect(alive()).toBeLessThanOrEqual(2);
  });

  test('come through a bundler and do not keep a process alive, whether its runtime is disposed of or not', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'simdescent-'));
    try {
      const entry = path.resolve('src/index.ts');
      await build({
        entry: { index: entry },
        outDir: folder,
        format: 'esm',
        platform: 'neutral',
        dts: false,
        minify: true,
        config: false,
        logLevel: 'silent',
        deps: { onlyBundle: false },
        inputOptions: { resolve: { mainFields: ['module', 'main'] } },
      });
      const script = path.join(folder, 'idle.mjs');
      await writeFile(
        script,
        `import { readdirSync } from 'node:fs';
         import { createRuntime, layers, sequential } from './${(await import('node:fs')).readdirSync(folder).find((name) => name.startsWith('index.'))}';
         const x = { data: new Float32Array(64 * 400).fill(0.5), shape: [64, 400] };
         const end = Date.now() + 30_000;
         const runtime = createRuntime({ threads: 2 });
         const model = sequential([layers.dense({ units: 400, inputShape: [400] })], { runtime });
         model.compile({ optimizer: 'sgd', loss: 'mse' });
         // until the worker has its scratch memory and has taken part
         for (let i = 0; i < 30 && Date.now() < end; i++) {
           await model.fit(x, x, { epochs: 3 });
           await new Promise((resolve) => setTimeout(resolve, 10));
         }
         console.log(runtime.threads, model.optimizer.iterations);`,
      );
      const { stdout } = await run(process.execPath, [script]);
      expect(stripVTControlCharacters(stdout).trim()).toBe('2 180');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('started for one program serve the next, and more are added for one that wants more', async () => {
    const before = workers.length;
    using engine = await threaded(2);
    for (let i = 0; i < 3; i++) await compiled(engine).fit(x, y);
    expect(workers.length).toBe(before + 1);
    await until(() => engine.threading.crew(4)?.threads === 4);
    expect(workers.length).toBe(before + 3);
    const error = await errorOf(() => sequential([layers.dense({ units: 1 })], { runtime: engine }).predict([]));
    expect(error).toBeInstanceOf(Error);
  });
});
