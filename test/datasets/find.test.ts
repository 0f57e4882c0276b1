import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FASHION_MNIST } from '../../src/datasets/fashion-mnist.ts';
import { findFiles } from '../../src/datasets/node/find.ts';
import type { DatasetFile, DatasetProgress, LoadOptions } from '../../src/datasets/types.ts';

// A data set of two small files stands in for the real four.
const contents = {
  images: Uint8Array.from([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 20, 0, 0, 0, 50, ...Array(2000).keys()]),
  labels: Uint8Array.from([0, 0, 8, 1, 0, 0, 0, 2, 4, 9]),
};
const files: DatasetFile[] = Object.entries(contents).map(([name, bytes]) => ({
  name,
  bytes: bytes.length,
  sha256: createHash('sha256').update(bytes).digest('hex'),
}));
const gz = (name: keyof typeof contents) => gzipSync(contents[name]);

let root: string;
let cache: string;
let server: Server | undefined;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'simdescent-test-'));
  cache = join(root, 'cache');
  vi.stubEnv('SIMDESCENT_DATA', undefined);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  server?.closeAllConnections();
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
  server = undefined;
  rmSync(root, { recursive: true, force: true });
});

const find = (options: LoadOptions = {}) =>
  findFiles({ ...FASHION_MNIST, files: files as never }, { cache, folders: [], mirrors: [], ...options });
const folder = (name: string, content: Record<string, Uint8Array>) => {
  const path = join(root, name);
  mkdirSync(path, { recursive: true });
  for (const [file, bytes] of Object.entries(content)) writeFileSync(join(path, file), bytes);
  return path;
};
const good = () => ({ 'images.gz': gz('images'), 'labels.gz': gz('labels') });

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const listening = createServer(answer);
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(listening.address() as AddressInfo).port}/fashion/`;
}
const serveGood = (asked: string[] = []) =>
  serve((request, response) => {
    const name = (request.url ?? '').replace('/fashion/', '').replace('.gz', '') as keyof typeof contents;
    asked.push(request.url ?? '');
    response.end(gz(name));
  });
/** Good labels, and whatever the test makes of the images. */
const serveImages = (answer: (response: ServerResponse) => void) =>
  serve((request, response) => (request.url?.includes('images') ? answer(response) : response.end(gz('labels'))));

describe("the user's own folder", () => {
  it('gives the files, compressed or not', async () => {
    const data = folder('own', { 'images.gz': gz('images'), labels: contents.labels });
    const { bytes, source } = await find({ data });
    expect(Buffer.from(bytes.get('images') ?? [])).toEqual(Buffer.from(contents.images));
    expect(Buffer.from(bytes.get('labels') ?? [])).toEqual(Buffer.from(contents.labels));
    expect(source).toBe(data);
    expect(existsSync(cache)).toBe(false);
  });

  it('is taken from SIMDESCENT_DATA when no option names it', async () => {
    vi.stubEnv('SIMDESCENT_DATA', folder('own', good()));
    expect((await find()).source).toBe(join(root, 'own'));
    vi.stubEnv('SIMDESCENT_DATA', join(root, 'nowhere'));
    await expect(find()).rejects.toThrow(`${join(root, 'nowhere')}: no such folder (from SIMDESCENT_DATA`);
  });

  it('is never passed over, even when a mirror has the files', async () => {
    const mirrors = [await serveGood()];
    await expect(find({ mirrors, data: join(root, 'nowhere') })).rejects.toThrow('no such folder');
    await expect(find({ mirrors, data: folder('half', { 'labels.gz': gz('labels') }) })).rejects.toThrow(
      'no images.gz',
    );
    await expect(find({ mirrors, data: join(folder('file', good()), 'labels.gz') })).rejects.toThrow('not a folder');
  });

  const { length } = gz('images');
  const flipped = (at: number) => gz('images').map((byte, i) => (i === at ? byte ^ 255 : byte));
  it.each([
    [
      'truncated gzip',
      gz('images').subarray(0, 200),
      'expected a whole gzip file, got one that ends early (200 bytes)',
    ],
    ['corrupt gzip', flipped(200), 'expected a gzip file, got corrupt data'],
    ['a wrong checksum', flipped(length - 8), 'got corrupt data (incorrect data check)'],
    ['an empty file', new Uint8Array(0), 'expected images, got an empty file'],
    ['a web page', new TextEncoder().encode('<html>'), 'got one that starts with 3c 68 74 6d'],
    ['another size', gzipSync(contents.images.subarray(0, 99)), 'expected 2 x 20 x 50 elements, got 83 bytes'],
    ['a gzip bomb', gzipSync(new Uint8Array(1 << 22)), 'expected 2016 bytes uncompressed, got more'],
    ['too large a file', new Uint8Array(2_000_000), 'expected at most 1002016 bytes, got 2000000'],
    ['another data set', gzipSync(contents.images.map((byte, i) => (i < 16 ? byte : 1))), 'got SHA-256 '],
  ])('with %s in it is an Error that names the file and changes nothing', async (_, raw, says) => {
    const data = folder('own', { 'images.gz': raw, 'labels.gz': gz('labels') });
    const error = await find({ data, mirrors: [await serveGood()] }).catch((thrown: Error) => thrown);
    expect(error).toBeInstanceOf(Error);
    const { message } = error as Error;
    expect(message).toContain(join(data, 'images.gz'));
    expect(message).toContain(says);
    expect(message).toContain('from the data folder asked for');
    expect(readdirSync(data).sort()).toEqual(['images.gz', 'labels.gz']);
    expect(readFileSync(join(data, 'images.gz')).equals(raw)).toBe(true);
  });
});

describe('the cache', () => {
  it('is read before anything else', async () => {
    folder('cache', good());
    const asked: string[] = [];
    expect((await find({ mirrors: [await serveGood(asked)] })).source).toBe(cache);
    expect(asked).toEqual([]);
  });

  it('has a spoilt file replaced, from an installed package as from a mirror', async () => {
    folder('cache', { 'images.gz': gz('images').subarray(0, 300), labels: Uint8Array.from([1, 2, 3]) });
    await find({ folders: [folder('package', { 'images.gz': gz('images') })], mirrors: [await serveGood()] });
    expect(readdirSync(cache).sort()).toEqual(['images.gz', 'labels.gz']);
    expect(gunzipSync(readFileSync(join(cache, 'images.gz'))).equals(contents.images)).toBe(true);
    expect((await find()).source).toBe(cache);
  });

  it('is not filled from a package that is installed anyway', async () => {
    const { source } = await find({ folders: [join(root, 'nowhere'), folder('package', good())] });
    expect(source).toBe(join(root, 'package'));
    expect(existsSync(cache)).toBe(false);
  });

  it('need not be writable', async () => {
    const blocked = join(folder('plain', { file: contents.labels }), 'file', 'cache');
    const { bytes } = await find({ cache: blocked, mirrors: [await serveGood()] });
    expect(bytes.size).toBe(2);
  });
});

describe('a mirror', () => {
  it('gives the files, tells how far it is, and fills the cache', async () => {
    const seen: DatasetProgress[] = [];
    const mirror = await serveGood();
    const { source } = await find({ mirrors: [mirror], onProgress: (progress) => seen.push(progress) });
    expect(source).toBe(mirror);
    expect(seen.at(-1)).toMatchObject({ file: 'labels', source: mirror, received: gz('labels').length });
    expect(readdirSync(cache).sort()).toEqual(['images.gz', 'labels.gz']);
  });

  it.each<[string, (response: ServerResponse) => void, string, number?]>([
    ['does not have it', (response) => response.writeHead(404).end(), 'HTTP 404'],
    [
      'breaks off',
      (response) => response.writeHead(200, { 'content-length': 999 }).write('x', () => response.destroy()),
      '',
    ],
    ['ends early', (response) => response.end(gz('images').subarray(0, 50)), 'got one that ends early'],
    ['sends something else', (response) => response.end('<html>login</html>'), 'starts with 3c 68 74 6d'],
    ['sends another data set', (response) => response.end(gzipSync(new Uint8Array(2016))), 'SHA-256'],
    ['sends without end', (response) => response.end(new Uint8Array(3_000_000)), 'expected at most 1002016 bytes'],
    // long enough for the good mirror that is asked after it to answer on a busy machine
    ['never answers', () => undefined, 'nothing received for 1.5 s', 1500],
    ['stalls', (response) => response.write('x'), 'nothing received for 1.5 s', 1500],
    ['redirects for ever', (response) => response.writeHead(302, { location: 'images.gz' }).end(), 'redirect'],
  ])('that %s leaves nothing behind, and the next is asked', async (_, answer, says, timeout = 60_000) => {
    const broken = await serveImages(answer);
    const error = await find({ mirrors: [broken], timeout }).catch((thrown: Error) => thrown);
    expect((error as Error).message).toContain(`not found. Tried: ${cache}: no such folder; ${broken}images.gz: `);
    expect((error as Error).message).toContain(says);
    expect(existsSync(join(cache, 'images.gz'))).toBe(false);
    const first = server;
    const mirrors = [broken, await serveGood()];
    const { bytes } = await find({ mirrors, timeout });
    expect(bytes.size).toBe(2);
    expect(readdirSync(cache).sort()).toEqual(['images.gz', 'labels.gz']);
    first?.closeAllConnections();
    first?.close();
  });

  it('that cannot be reached is asked once', async () => {
    const gone = await serveGood();
    await new Promise((resolve) => server?.close(resolve));
    server = undefined;
    await expect(find({ mirrors: [gone] })).rejects.toThrow(`${gone}images.gz: ECONNREFUSED`);
  });

  it('is left when the signal is aborted, with its reason', async () => {
    const mirror = await serve(() => undefined);
    const stop = new AbortController();
    const finding = find({ mirrors: [mirror], signal: stop.signal });
    setTimeout(() => stop.abort(), 50);
    await expect(finding).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    await expect(find({ signal: stop.signal })).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
  });
});

describe.skipIf(process.platform !== 'linux')("Debian's package", () => {
  const command = (name: string, script: string) => {
    const path = join(folder('bin', {}), name);
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
    vi.stubEnv('PATH', `${join(root, 'bin')}${delimiter}/usr/bin${delimiter}/bin`);
  };
  const unpack = () =>
    `mkdir -p usr/share/datasets && cp -r ${folder('package', good())} usr/share/datasets/fashion-mnist`;

  it('is downloaded and unpacked when no mirror answers, and kept in the cache', async () => {
    command('apt-get', 'touch dataset-fashion-mnist_0_all.deb');
    command('dpkg-deb', unpack());
    const { source } = await find({ apt: true });
    expect(source).toBe("Debian's dataset-fashion-mnist");
    expect(readdirSync(cache).sort()).toEqual(['images.gz', 'labels.gz']);
  });

  it('is left alone by the library, unless it is asked for', async () => {
    command('apt-get', `touch ${join(root, 'called')}`);
    await expect(find()).rejects.toThrow('name it as data (--data) or in SIMDESCENT_DATA');
    expect(existsSync(join(root, 'called'))).toBe(false);
    await expect(find({ apt: true })).rejects.toThrow('left no file');
    expect(existsSync(join(root, 'called'))).toBe(true);
  });

  it('is found on a machine without package lists by getting them into a folder of its own', async () => {
    command(
      'apt-get',
      `case "$*" in *Dir::State::Lists=*update) touch lists/got;; *) touch lists/got && touch x.deb;; esac`,
    );
    command('dpkg-deb', unpack());
    expect((await find({ apt: true })).source).toBe("Debian's dataset-fashion-mnist");
  });

  it("that cannot be had is an Error with apt's own words", async () => {
    command('apt-get', 'echo "W: hm" >&2; echo "E: Unable to locate package" >&2; exit 100');
    await expect(find({ apt: true })).rejects.toThrow(
      /apt-get update: E: Unable to locate package\nPut the four files, \.gz or not, into a folder/,
    );
    vi.stubEnv('PATH', join(root, 'nothing-here'));
    await expect(find({ apt: true })).rejects.toThrow(/apt-get: not on this machine\n/);
  });
});
