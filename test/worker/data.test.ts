/** Data in a worker: placed, shared by models, freed. */
import { beforeAll, describe, expect, test } from 'vitest';
import { layers, sequential, tensor } from '../../src/index.ts';
import type { Client } from '../../src/worker/client.ts';
import { labels } from '../helpers.ts';
import { compiled, connected, here, x, y } from './connected.ts';

let client: Client;
beforeAll(async () => {
  client = await connected();
  // what every later training uses as well
  const model = await compiled(client);
  await model.fit(x, y);
  model.dispose();
});

describe('data', () => {
  test('is placed once and used by several models, whole or in part, and freed when nobody uses it', async () => {
    const { used } = await client.memory();
    const [xs, ys] = [await client.data(x), await client.data(y)];
    const [a, b] = [await compiled(client), await compiled(client)];
    const fits = [
      a.fit(xs, ys, { epochs: 20 }),
      b.fit(xs.rows(0, 40), ys.rows(0, 40), { epochs: 20, validationData: [xs, ys] }),
    ];
    await Promise.all([a.pause(), b.pause()]);
    xs.dispose();
    ys.rows(0, 3).dispose();
    await Promise.all([a.resume(), b.resume()]);
    const [whole, part] = await Promise.all(fits);
    using direct = here();
    expect((await direct.fit(x, y, { epochs: 20 })).history).toEqual(whole?.history);
    using fewer = here();
    const few = { data: x.data.subarray(0, 200), shape: [40, 5] };
    const expected = await fewer.fit(
      few,
      { data: y.data.subarray(0, 40), shape: [40] },
      { epochs: 20, validationData: [x, y] },
    );
    expect(expected.history).toEqual(part?.history);
    await expect(a.predict(xs)).rejects.toThrow('the data has been disposed of');
    a.dispose();
    b.dispose();
    expect((await client.memory()).used).toBe(used);
  });

  test('of a call alone goes with the call, also when it fails', async () => {
    const model = await compiled(client);
    await model.fit(x, y);
    const { used } = await client.memory();
    await model.fit(x, y, { validationData: [x, y] });
    await expect(model.fit(x, labels(95, 3, 1))).rejects.toThrow(/96 samples, y has 95/);
    await expect(model.fit(x, { data: new Float32Array(3), shape: [4] })).rejects.toThrow(/has 4 elements/);
    expect((await client.memory()).used).toBe(used);
    model.dispose();
  });

  test('is left alone unless it is to be transferred', async () => {
    const model = await compiled(client);
    const owned = { data: x.data.slice(), shape: x.shape };
    const before = await model.predict(owned);
    expect(owned.data.length).toBe(x.data.length);
    expect(await model.predict(owned, { transfer: true })).toEqual(before);
    expect(owned.data.length).toBe(0);
    model.dispose();
  });

  test('is taken at the call if it is to be transferred: using the memory again says where it is', async () => {
    const model = await compiled(client);
    const expected = await model.predict(x);
    const owned = { data: x.data.slice(), shape: x.shape };
    const placing = client.data(owned, { transfer: true });
    expect(owned.data.length).toBe(0);
    const again = { data: owned.data, shape: x.shape };
    const lost = /has lost its memory.*transferred/;
    await expect(client.data(again, { transfer: true })).rejects.toThrow(lost);
    await expect(client.data(again)).rejects.toThrow(lost);
    await expect(model.fit(again, y)).rejects.toThrow(/^x\.data has lost its memory/);
    using direct = here();
    await expect(direct.predict(again)).rejects.toThrow(/^x\.data has lost its memory/);
    const placed = await placing;
    expect(await model.predict(placed)).toEqual(expected);
    placed.dispose();
    model.dispose();
  });

  test('is not taken by a call that is refused', async () => {
    const model = await compiled(client);
    const owned = { data: x.data.slice(), shape: x.shape };
    await expect(model.fit(owned, { data: [1, 2], shape: [3] }, { transfer: true })).rejects.toThrow(/^y: shape \[3\]/);
    expect(owned.data).toEqual(x.data);
    model.dispose();
  });

  test('may have one buffer for inputs and targets, also when it is transferred', async () => {
    const [model, other] = [await compiled(client), await compiled(client)];
    const buffer = new ArrayBuffer(x.data.byteLength + y.data.byteLength);
    const xs = { data: new Float32Array(buffer, 0, x.data.length), shape: x.shape };
    const ys = { data: new Int32Array(buffer, x.data.byteLength), shape: y.shape };
    xs.data.set(x.data);
    ys.data.set(y.data);
    const { history } = await model.fit(xs, ys, { transfer: true, validationData: [xs, ys] });
    expect(buffer.byteLength).toBe(0);
    expect(history).toEqual((await other.fit(x, y, { validationData: [x, y] })).history);
    expect(await model.digest()).toBe(await other.digest());
    model.dispose();
    other.dispose();
  });

  test('that cannot be handed over is copied', async () => {
    const model = await compiled(client);
    const expected = await model.predict(x);
    const data = new Float32Array(new WebAssembly.Memory({ initial: 1 }).buffer, 64, x.data.length);
    data.set(x.data);
    expect(await model.predict({ data, shape: x.shape }, { transfer: true })).toEqual(expected);
    expect(data).toEqual(x.data);
    const pooled = Buffer.from([1, 2, 3, 4, 5]);
    const bytes = await model.predict({ data: pooled, shape: [1, 5] }, { transfer: true });
    expect(bytes).toEqual(await model.predict([[1, 2, 3, 4, 5]]));
    model.dispose();
  });

  test('whose memory is transferred elsewhere before it has been copied is an Error, not zeros', async () => {
    const { used } = await client.memory();
    const owned = { data: x.data.slice(), shape: x.shape };
    const placing = client.data(owned);
    structuredClone(owned.data.buffer, { transfer: [owned.data.buffer] });
    await expect(placing).rejects.toThrow(/^data has lost its memory before it was copied/);
    expect((await client.memory()).used).toBe(used);
  });

  test('that is shared, or a part of something larger, is not cloned with all that surrounds it', async () => {
    const model = await compiled(client);
    const expected = await model.predict({ data: x.data.subarray(10, 20), shape: [2, 5] });
    const shared = new Float32Array(new SharedArrayBuffer(4 * 10));
    shared.set(x.data.subarray(10, 20));
    expect(await model.predict({ data: shared, shape: [2, 5] })).toEqual(expected);
    using own = tensor([2, 5], x.data.subarray(10, 20));
    expect(await model.predict(own)).toEqual(expected);
    model.dispose();
  });

  test('goes in pieces, and keeps its divisor', async () => {
    const data = Uint8Array.from({ length: 9 * 1024 * 1024 }, (_, i) => (i * 2654435761) >>> 24);
    const rows = data.length / 1024;
    const images = await client.data({ data, shape: [rows, 1024], divisor: 255 });
    const model = await client.sequential([layers.dense({ units: 1, inputShape: [1024], kernelInitializer: 'ones' })]);
    using direct = sequential([layers.dense({ units: 1, inputShape: [1024], kernelInitializer: 'ones' })]);
    expect(await model.predict(images)).toEqual(await direct.predict({ data, shape: [rows, 1024], divisor: 255 }));
    images.dispose();
    model.dispose();
  });

  test('stays with the client that placed it', async () => {
    const other = await connected();
    const [model, foreign] = [await compiled(client), await other.data(x)];
    await expect(model.predict(foreign)).rejects.toThrow(/another client/);
    expect(() => foreign.rows(0, 97)).toThrow(/to must be an integer from 0 to 96, got 97/);
    expect(() => foreign.rows(5, 4)).toThrow(/from must be an integer from 0 to 4, got 5/);
    expect(foreign.rows(2, 5).rows(1, 3).shape).toEqual([2, 5]);
    model.dispose();
  });
});
