/** The browser's way to the files, here in Node, which has fetch, Blob and DecompressionStream too; Cache Storage is a map. */
import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findInBrowser } from '../../src/datasets/browser/find.ts';
import { FASHION_MNIST } from '../../src/datasets/fashion-mnist.ts';
import { loadFashionMnist } from '../../src/datasets/index.ts';
import type { DatasetFile, DatasetProgress, LoadOptions } from '../../src/datasets/types.ts';
import { type Server, serve } from '../browsers/server.ts';

const contents = {
  images: Uint8Array.from([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 20, 0, 0, 0, 50, ...Array(2000).keys()]),
  labels: Uint8Array.from([0, 0, 8, 1, 0, 0, 0, 2, 4, 9]),
};
type Name = keyof typeof contents;
const files: DatasetFile[] = Object.entries(contents).map(([name, bytes]) => ({
  name,
  bytes: bytes.length,
  sha256: createHash('sha256').update(bytes).digest('hex'),
}));
const gz = (name: Name) => gzipSync(contents[name]);
const whole = ({ bytes }: { bytes: ReadonlyMap<string, Uint8Array> }) => {
  for (const name of ['images', 'labels'] as const)
    expect(Buffer.from(bytes.get(name) ?? [])).toEqual(Buffer.from(contents[name]));
};

let kept: Map<string, Response>;
let server: Server | undefined;
let answers: Partial<Record<Name, (response: ServerResponse) => void>>;

async function start(): Promise<string> {
  server = await serve({
    folders: {},
    answer: (path, response) => {
      const name: Name = path.includes('images') ? 'images' : 'labels';
      const answer = answers[name] ?? ((to: ServerResponse) => to.end(gz(name)));
      answer(response);
      return true;
    },
  });
  return `${server.origin}/sub/data`;
}
const find = async (options: LoadOptions = {}) =>
  findInBrowser(
    { ...FASHION_MNIST, files: files as never },
    { data: server ? `${server.origin}/sub/data` : await start(), ...options },
  );

beforeEach(() => {
  kept = new Map();
  answers = {};
  vi.stubGlobal('caches', {
    open: async () => ({
      match: async (url: string) => kept.get(url)?.clone(),
      put: async (url: string, response: Response) => void kept.set(url, response),
      delete: async (url: string) => kept.delete(url),
    }),
  });
});
afterEach(async () => {
  vi.unstubAllGlobals();
  await server?.close();
  server = undefined;
});

describe('from the page', () => {
  it('gives verified bytes, tells progress, and asks for each file once', async () => {
    const told: DatasetProgress[] = [];
    whole(await find({ onProgress: (progress) => told.push(progress) }));
    expect(told.at(-1)).toMatchObject({ file: 'images', received: gz('images').length, total: gz('images').length });
    const again = await find();
    whole(again);
    expect(again.source).toBe('Cache Storage');
    expect(server?.asked).toEqual(['/sub/data/labels.gz', '/sub/data/images.gz']);
  });

  it('takes files that the server unpacked on the way', async () => {
    answers = { images: (response) => response.end(contents.images) };
    whole(await find());
  });

  it('works without Cache Storage, or with one that refuses', async () => {
    vi.stubGlobal('caches', undefined);
    whole(await find());
    vi.stubGlobal('caches', { open: () => Promise.reject(new Error('no room')) });
    whole(await find());
  });

  it.each<[string, (response: ServerResponse) => void, string]>([
    ['is missing', (response) => response.writeHead(404).end(), 'images.gz: HTTP 404'],
    [
      'is a web page',
      (response) => response.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html>'),
      'got a web page',
    ],
    ['is cut off', (response) => response.end(gz('images').subarray(0, 60)), 'expected a whole gzip file'],
    [
      'unpacks to too much',
      (response) => response.end(gzipSync(new Uint8Array(5000))),
      'expected 2016 bytes uncompressed, got more',
    ],
    [
      'is another',
      (response) => response.end(gzipSync(contents.images.map((byte, i) => (i === 99 ? 1 : byte)))),
      'got SHA-256',
    ],
    ['ends with the connection', (response) => response.destroy(), 'images.gz'],
  ])('says what is wrong when a file %s, and keeps what was good', async (_, answer, message) => {
    answers = { images: answer };
    await expect(find()).rejects.toThrow(message);
    expect([...kept.keys()].map((url) => url.split('/').at(-1))).toEqual(['labels.gz']);
    answers = {};
    whole(await find());
    expect(server?.asked.filter((path) => path.includes('labels'))).toHaveLength(1);
  });

  it('replaces what was spoilt in the cache', async () => {
    await find();
    const url = [...kept.keys()].find((one) => one.includes('images')) ?? '';
    kept.set(url, new Response(gz('images').subarray(0, 40)));
    whole(await find());
    expect(server?.asked.filter((path) => path.includes('images'))).toHaveLength(2);
  });

  it('ends with the reason of the signal, and when nothing arrives', async () => {
    answers = { images: (response) => response.write(new Uint8Array(3)) };
    const controller = new AbortController();
    const loading = find({ signal: controller.signal, onProgress: () => controller.abort(new Error('enough')) });
    await expect(loading).rejects.toThrow('enough');
    await expect(find({ timeout: 50 })).rejects.toThrow('nothing received for 0.05 s');
  });
});

describe('from the user', () => {
  const file = (name: string, bytes: Uint8Array) => new File([bytes.slice()], name);

  it('takes files by what is in them, and keeps them', async () => {
    whole(await find({ files: [file('b (1)', gz('labels')), file('a.bin', contents.images)] }));
    whole(await find());
    expect(server?.asked).toEqual([]);
  });

  it('gets the others elsewhere', async () => {
    const { source } = await find({ files: [file('labels.gz', gz('labels'))] });
    expect(source).toBe(`files of the user, ${server?.origin}/sub/data/`);
  });

  it.each([
    ['something else', new Uint8Array([1, 2, 3]), "x: not one of Fashion-MNIST's files"],
    ['a damaged file', gz('images').map((byte, i) => (i === 50 ? byte ^ 255 : byte)), 'x: '],
    ['a huge file', new Uint8Array(1_003_000), 'x: expected at most 1002016 bytes, got 1003000'],
  ])('refuses %s', async (_, bytes, message) => {
    await expect(find({ files: [file('x', bytes)] })).rejects.toThrow(message);
    expect(server?.asked).toEqual([]);
  });

  it('is not for Node', async () => {
    await expect(loadFashionMnist({ files: [] })).rejects.toThrow('in Node give a folder');
  });
});
