/** Bytes of files and signals as people have them, also of another realm, in each call that takes them. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import vm from 'node:vm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadFashionMnist, parseIdx } from '../src/datasets/index.ts';
import { provideCore } from '../src/engine/given.ts';
import { createRuntime, files, loadModel } from '../src/index.ts';
import type { Client } from '../src/worker/client.ts';
import { compiled as compiledHere, floats, labels } from './helpers.ts';
import { compiled, connected, x, y } from './worker/connected.ts';

type Bytes = ArrayBufferView | ArrayBufferLike;

const shared = (bytes: Uint8Array, before = 0): Uint8Array => {
  const data = new Uint8Array(new SharedArrayBuffer(bytes.length + before), before, bytes.length);
  data.set(bytes);
  return data;
};
const realm = vm.createContext();
const elsewhere = (bytes: Uint8Array, code = 'bytes'): never => {
  const text = Buffer.from(bytes).toString('hex');
  const made = 'const bytes = Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));';
  return vm.runInContext(`(text) => { ${made} return ${code}; }`, realm)(text) as never;
};

const kinds: Record<string, (bytes: Uint8Array) => Bytes> = {
  'a Uint8Array': (bytes) => bytes,
  'a Buffer': (bytes) => Buffer.from(bytes),
  'a view with an offset': (bytes) => Uint8Array.from([1, 2, 3, ...bytes, 4]).subarray(3, 3 + bytes.length),
  'an ArrayBuffer': (bytes) => bytes.slice().buffer,
  'a DataView': (bytes) => new DataView(Uint8Array.from([1, ...bytes]).buffer, 1),
  'a Uint8ClampedArray': (bytes) => Uint8ClampedArray.from(bytes),
  'a view of shared memory': (bytes) => shared(bytes, 5),
  'a SharedArrayBuffer': (bytes) => shared(bytes).buffer,
  'a Uint8Array of another realm': (bytes) => elsewhere(bytes),
  'an ArrayBuffer of another realm': (bytes) => elsewhere(bytes, 'bytes.buffer'),
};

const runtime = createRuntime({ threads: 1 });
let client: Client;
let folder = '';
let saved: Uint8Array;
let core: Uint8Array;
beforeAll(async () => {
  client = await connected();
  folder = await mkdtemp(path.join(os.tmpdir(), 'simdescent-bytes-'));
  using model = compiledHere(runtime);
  await model.fit(floats([12, 4], 1), labels(12, 3, 2));
  saved = await model.save();
  core = new Uint8Array(await readFile(new URL('../dist/core.wasm', import.meta.url)));
});
afterAll(async () => {
  runtime.dispose();
  await rm(folder, { recursive: true });
});

const idx = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 3, 7, 8, 9);

const entries: Record<string, (kind: (bytes: Uint8Array) => Bytes) => unknown> = {
  loadModel: async (kind) => {
    using model = await loadModel(kind(saved), { runtime });
    return model.digest();
  },
  'client.loadModel': async (kind) => {
    const model = await client.loadModel(kind(saved));
    const digest = await model.digest();
    model.dispose();
    return digest;
  },
  'client.loadModel, transferred': async (kind) => {
    const model = await client.loadModel(kind(saved.slice()), { transfer: true });
    const digest = await model.digest();
    model.dispose();
    return digest;
  },
  'files.write': async (kind) => {
    const file = path.join(folder, 'file.bin');
    await files.write(file, kind(saved));
    return Buffer.from(await files.read(file)).equals(saved);
  },
  parseIdx: (kind) => parseIdx(kind(idx)),
  provideCore: (kind) => provideCore(kind(core) as ArrayBuffer),
};

describe.each(Object.keys(entries))('%s', (entry) => {
  const run = entries[entry] as (typeof entries)[string];
  test.each(Object.keys(kinds))('%s', async (kind) => {
    expect(await run(kinds[kind] as (typeof kinds)[string])).toEqual(await run((bytes) => bytes));
  });
  test('text is refused', async () => {
    await expect((async () => run(() => 'text' as never))()).rejects.toThrow(/bytes.*got 'text'|fetch|URL/);
  });
});

/** A signal that is none of this realm's. */
function foreign(): { readonly signal: AbortSignal; abort(reason: unknown): void } {
  const controller = new AbortController();
  const own = controller.signal;
  const signal = {
    get aborted() {
      return own.aborted;
    },
    get reason() {
      return own.reason;
    },
    throwIfAborted: () => own.throwIfAborted(),
    addEventListener: own.addEventListener.bind(own),
    removeEventListener: own.removeEventListener.bind(own),
  };
  return { signal: signal as never, abort: (reason) => controller.abort(reason) };
}

describe('a signal of another realm', () => {
  const [inputs, targets] = [floats([12, 4], 1), labels(12, 3, 2)];
  const calls: Record<string, (signal: AbortSignal) => Promise<unknown>> = {
    fit: (signal) => compiledHere(runtime).fit(inputs, targets, { epochs: 1e9, signal }),
    evaluate: (signal) => compiledHere(runtime).evaluate(inputs, targets, { signal }),
    predict: (signal) => compiledHere(runtime).predict(inputs, { signal }),
    layerOutputs: (signal) => compiledHere(runtime).layerOutputs(inputs, { signal }),
    connect: (signal) => connected({ signal }),
    'fit of a worker': async (signal) => (await compiled(client)).fit(x, y, { epochs: 1e9, signal }),
    'evaluate of a worker': async (signal) => (await compiled(client)).evaluate(x, y, { signal }),
    'predict of a worker': async (signal) => (await compiled(client)).predict(x, { signal }),
    'layerOutputs of a worker': async (signal) => (await compiled(client)).layerOutputs(x, { signal }),
    loadFashionMnist: (signal) => loadFashionMnist({ signal, data: folder }),
  };
  test.each(Object.keys(calls))('stops %s', async (name) => {
    const { signal, abort } = foreign();
    const reason = new Error('enough');
    abort(reason);
    await expect(calls[name]?.(signal)).rejects.toBe(reason);
  });
  test.each(['fit', 'fit of a worker'])('stops %s on the way', async (name) => {
    const { signal, abort } = foreign();
    const reason = new Error('enough');
    setTimeout(abort, 20, reason);
    await expect(calls[name]?.(signal)).rejects.toBe(reason);
  });
  test.each(Object.keys(calls))('what is none is refused by %s', async (name) => {
    await expect(calls[name]?.({ aborted: true } as never)).rejects.toThrow(
      /^signal must be an AbortSignal, got Object/,
    );
  });
});
