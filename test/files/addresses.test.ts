/** files.read and loadModel over addresses: progress, abort, and what goes wrong between a server and a model. */

import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { files, layers, loadModel, type ReadProgress, sequential } from '../../src/index.ts';

let server: Server;
let origin = '';
let model = new Uint8Array();
let digest = '';
const page = '\n<!DOCTYPE html><title>Home</title>';

const answers: Readonly<Record<string, (response: ServerResponse) => unknown>> = {
  '/model': (response) => response.setHeader('content-length', model.length).end(model),
  '/gzipped': (response) => response.setHeader('content-encoding', 'gzip').end(gzipSync(model)),
  '/chunked': (response) => {
    response.write(model.subarray(0, 100));
    response.end(model.subarray(100));
  },
  '/page': (response) => response.setHeader('content-type', 'text/html').end(page),
  '/cut': (response) => {
    response.setHeader('content-length', model.length);
    response.write(model.subarray(0, 100), () => response.destroy());
  },
  '/short': (response) => response.end(model.subarray(0, model.length - 4)),
  '/slow': (response) => {
    response.setHeader('content-length', model.length);
    response.write(model.subarray(0, 100));
  },
  '/broken': (response) => response.writeHead(503).end(),
};

beforeAll(async () => {
  const made = sequential([layers.dense({ units: 40, inputShape: [30] })], { seed: 3 });
  model = await made.save();
  digest = await made.digest();
  server = createServer(({ url = '' }, response) => {
    const answer = answers[url];
    if (answer === undefined) response.writeHead(404).end('not here');
    else answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test.each(['/model', '/gzipped', '/chunked'])('%s is read, and loaded', async (path) => {
  expect(await files.read(`${origin}${path}`)).toEqual(new Uint8Array(model));
  const loaded = await loadModel(new URL(path, origin));
  expect(await loaded.digest()).toBe(digest);
});

test('data: and file: URLs are addresses too', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'simdescent-address-'));
  const path = join(folder, 'a model.safetensors');
  await files.write(path, model);
  expect(await files.read(pathToFileURL(path))).toEqual(new Uint8Array(model));
  await rm(folder, { recursive: true });
  const loaded = await loadModel(`data:application/octet-stream;base64,${Buffer.from(model).toString('base64')}`);
  expect(await loaded.digest()).toBe(digest);
});

test('tells the progress, with the size if the server says it', async () => {
  for (const [path, total] of [
    ['/model', model.length],
    ['/gzipped', undefined],
    ['/chunked', undefined],
  ] as const) {
    const told: ReadProgress[] = [];
    await loadModel(`${origin}${path}`, { onProgress: (progress) => told.push(progress) });
    expect(told.at(-1)).toEqual({ received: model.length, total });
  }
});

test('is stopped by a signal, with its reason', async () => {
  const controller = new AbortController();
  const reason = new Error('changed my mind');
  const onProgress = () => controller.abort(reason);
  await expect(files.read(`${origin}/slow`, { signal: controller.signal, onProgress })).rejects.toBe(reason);
  await expect(loadModel(`${origin}/model`, { signal: controller.signal })).rejects.toBe(reason);
  await expect(files.read('no-file', { signal: controller.signal })).rejects.toBe(reason);
});

test('what onProgress throws comes out', async () => {
  const own = new TypeError('mine');
  const onProgress = () => {
    throw own;
  };
  await expect(files.read(`${origin}/model`, { onProgress })).rejects.toBe(own);
});

describe('says what is wrong', () => {
  test.each([
    ['/nothing', /\/nothing cannot be read.*404/],
    ['/broken', /\/broken cannot be read.*503/],
    ['/cut', /\/cut cannot be read.*100 of \d+ bytes/],
    ['/page', /web page.*<!DOCTYPE/],
    ['/short', /bytes/],
  ])('with %s', async (path, message) => {
    await expect(loadModel(`${origin}${path}`)).rejects.toThrow(message);
  });

  test('with a server that is not there', async () => {
    await expect(files.read('http://127.0.0.1:9/model')).rejects.toThrow(/127\.0\.0\.1:9\/model cannot be read/);
  });

  test('with a web page among bytes, a path, and options that do not exist', async () => {
    await expect(loadModel(new TextEncoder().encode(page))).rejects.toThrow(/web page/);
    await expect(loadModel('model.safetensors')).rejects.toThrow(/files\.read/);
    await expect(loadModel(model, { progress: 1 } as never)).rejects.toThrow(/'progress'.*onProgress/);
    await expect(files.read(`${origin}/model`, { onProgress: 3 as never })).rejects.toThrow(/onProgress.*function/);
  });
});
