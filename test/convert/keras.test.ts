/** Models of Keras: fixtures that Keras 3.15 wrote and predicted, our own files read again, and damaged ones. `npm run test:interop` has Keras itself. */
import { readFileSync } from 'node:fs';
import { unzipSync, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { type Tree, writeHdf5 } from '../../src/convert/hdf5/write.ts';
import { fromKeras, fromKerasWeights, toKeras } from '../../src/convert/index.ts';
import { input, layers, loadModel, model, sequential } from '../../src/index.ts';
import { difference, predict, randomModel, type Support } from './models.ts';

const fixture = (name: string) => readFileSync(new URL(`fixtures/${name}`, import.meta.url));
const caseOf = (name: string) =>
  JSON.parse(fixture(`${name}.json`).toString()) as { shape: number[]; x: number[]; outputs: number[][] };

async function expectPredictions(file: Uint8Array, name: string) {
  const { shape, x, outputs } = caseOf(name);
  const net = await loadModel(file);
  expect(difference(outputs, await predict(net, Float32Array.from(x), shape))).toBeLessThan(1e-6);
  return net;
}

describe('what Keras 3.15 wrote predicts the same here', () => {
  test.each(['keras', 'h5'])('a graph with a model within, a shared layer and an addition, as .%s', async (ending) => {
    const net = await expectPredictions(await fromKeras(fixture(`graph.${ending}`)), 'graph');
    expect(net.getLayer('other').trainable).toBe(false);
    expect(net.getLayer('first').toConfig().config).toMatchObject({ activation: 'hardSigmoid' });
    net.dispose();
  });

  test.each(['keras', 'h5'])('a graph of Keras 2 with a shared layer and a stack within, as .%s', async (ending) => {
    (await expectPredictions(await fromKeras(fixture(`keras2.${ending}`)), 'keras2')).dispose();
  });

  test('its .weights.h5, in a model of these layers', async () => {
    const file = await fromKeras(fixture('graph.keras'));
    const blank = await loadModel(file);
    for (const { tensor } of blank.weights) tensor.data.fill(0);
    const net = await expectPredictions(await fromKerasWeights(fixture('graph.weights.h5'), blank), 'graph');
    for (const one of [blank, net]) one.dispose();
  });

  test('twelve layers of one class, whatever they are called: neither names nor 10 before 2 confuse them', async () => {
    (await expectPredictions(await fromKeras(fixture('twelve.keras')), 'twelve')).dispose();
    const stack = Array.from({ length: 12 }, (_, i) =>
      layers.dense({ units: 2, activation: 'tanh', ...(i === 0 && { inputShape: [2] }) }),
    );
    const blank = sequential(stack);
    (await expectPredictions(await fromKerasWeights(fixture('twelve.weights.h5'), blank), 'twelve')).dispose();
    blank.dispose();
  });
});

describe('what we write for Keras', () => {
  const SUPPORT: Support = {
    activations: ['linear', 'relu', 'hardSigmoid', 'leakyRelu', 'silu'],
    grouped: true,
    causal: true,
  };

  test('comes back with the same bits, 40 random models', async () => {
    for (let seed = 0; seed < 40; seed++) {
      const { model: net, x, shape } = randomModel(seed, SUPPORT);
      const back = await loadModel(await fromKeras(await toKeras(net)));
      expect(await predict(back, x, shape)).toEqual(await predict(net, x, shape));
      for (const one of [net, back]) one.dispose();
    }
  });

  test('is the same file each time, and more layers than fit into one node of a B-tree are found', async () => {
    const x = input({ shape: [2] });
    let y = x;
    for (let i = 0; i < 300; i++) y = layers.dense({ units: 2, name: `d${i}` }).apply(y);
    const net = model({ inputs: x, outputs: y, seed: 3 });
    const file = await toKeras(net);
    expect(await toKeras(await net.save())).toEqual(file);
    const back = await loadModel(await fromKeras(file));
    expect(await back.digest()).toBe(await net.digest());
    for (const one of [net, back]) one.dispose();
  });

  test('is refused by name where Keras has no such layer or activation', async () => {
    const net = sequential([layers.dense({ units: 2, inputShape: [2], activation: 'geluTanh', name: 'odd' })]);
    await expect(toKeras(net)).rejects.toThrow(/'odd' \(Dense\).*geluTanh/);
    net.dispose();
  });
});

describe('refused', () => {
  const unpacked = () => unzipSync(fixture('twelve.keras'));
  const changedConfig = (change: (text: string) => string) => {
    const files = unpacked();
    const text = change(new TextDecoder().decode(files['config.json']));
    return zipSync({ ...files, 'config.json': new TextEncoder().encode(text) }, { level: 0 });
  };

  test.each<[string, () => Uint8Array, RegExp]>([
    ['what is no zip and no HDF5', () => new Uint8Array(200), /HDF5/],
    ['a zip without a model', () => zipSync({ 'a.txt': new Uint8Array(3) }), /no config.json/],
    ['weights alone', () => fixture('twelve.weights.h5'), /fromKerasWeights/],
    [
      'a layer that is not here',
      () => changedConfig((text) => text.replace('"Dense"', '"LSTM"')),
      /'unrelated_12' \(LSTM\)/,
    ],
    [
      'an option with a name that every object has',
      () => changedConfig((text) => text.replace('"units": 2', '"units": 2, "constructor": [1]')),
      /constructor.*no counterpart/,
    ],
    [
      'units that do not fit',
      () => changedConfig((text) => text.replace('"units": 2', '"units": 3')),
      /unrelated_12\/kernel/,
    ],
    [
      'more layers than weights',
      () => changedConfig((text) => text.replace('"use_bias": true', '"use_bias": false')),
      /1 weights.* 2/,
    ],
    [
      'a circle',
      () => {
        const files = unzipSync(fixture('graph.keras'));
        const text = new TextDecoder().decode(files['config.json']).replaceAll('["first", 0, 0]', '["norm", 0, 0]');
        return zipSync({ ...files, 'config.json': new TextEncoder().encode(text) }, { level: 0 });
      },
      /circle/,
    ],
    ['a zip bomb', () => zipSync({ ...unpacked(), 'model.weights.h5': new Uint8Array(2 ** 26) }), /claims \d+ bytes/],
  ])('%s', async (_, file, message) => {
    await expect(fromKeras(file())).rejects.toThrow(message);
  });

  test('HDF5 of other kinds, by what they have', async () => {
    const weights = fixture('twelve.weights.h5');
    const net = sequential([layers.dense({ units: 2, inputShape: [2] })]);
    const at = (offset: number, value: number) => {
      const bytes = Uint8Array.from(weights);
      bytes[offset] = value;
      return bytes;
    };
    await expect(fromKerasWeights(at(8, 2), net)).rejects.toThrow(/superblock 2/);
    await expect(fromKerasWeights(at(13, 4), net)).rejects.toThrow(/addresses/);
    await expect(fromKerasWeights(weights.subarray(0, 500), net)).rejects.toThrow(/ends at byte 500/);
    net.dispose();
  });

  /** An HDF5 file, and its parts to change: where a signature stands, the address at a byte. */
  function hdf5(tree: Tree) {
    const bytes = writeHdf5(tree);
    const view = new DataView(bytes.buffer);
    const all = (letters: string): readonly number[] => {
      const text = Buffer.from(bytes.buffer).toString('latin1');
      return Array.from(text.matchAll(new RegExp(letters, 'g')), ({ index }) => index);
    };
    return { bytes, view, all };
  }
  const dense = () => sequential([layers.dense({ units: 2, inputShape: [2] })]);

  test('HDF5 with a ladder of groups, each of which holds the next one twice: it would take for ever', async () => {
    let tree: Tree = {};
    for (let depth = 0; depth < 40; depth++) tree = { a: tree, b: {} };
    const { bytes, view, all } = hdf5(tree);
    for (const table of all('SNOD'))
      if (view.getUint16(table + 6, true) === 2)
        view.setBigUint64(table + 8 + 48, view.getBigUint64(table + 8 + 8, true), true);
    using net = dense();
    await expect(fromKerasWeights(bytes, net)).rejects.toThrow(/more groups/);
  });

  test('HDF5 whose names have no end, so that each is as long as all behind it together', async () => {
    const none = { shape: [0], data: new Float32Array(0) };
    const { bytes, view, all } = hdf5(
      Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`${i}`.padStart(40, 'n'), none])),
    );
    for (const heap of all('HEAP')) {
      const [size, names] = [Number(view.getBigUint64(heap + 8, true)), Number(view.getBigUint64(heap + 24, true))];
      for (let at = names; at < names + size; at++) if (bytes[at] === 0) bytes[at] = 120;
    }
    using net = dense();
    await expect(fromKerasWeights(bytes, net)).rejects.toThrow(/texts/);
  });

  test('what is no file of Keras at all', async () => {
    for (const bytes of [new Uint8Array(0), new TextEncoder().encode('<!doctype html>'), new Uint8Array(200)])
      await expect(fromKeras(bytes)).rejects.toThrow(/\.keras.*zip.*HDF5/);
  });

  test('a zip that claims 2^32 entries, which would take minutes to pass over, and one that has the same file a thousand times', async () => {
    const parts = unpacked();
    const zip = zipSync({ 'model.weights.h5': new Uint8Array(0), ...parts }, { level: 0 });
    const end = zip.length - 22;
    const large = new Uint8Array(zip.length + 76);
    large.set(zip.subarray(0, end));
    large.set(zip.subarray(end), end + 76);
    const view = new DataView(large.buffer);
    view.setUint32(end, 0x06064b50, true);
    view.setUint32(end + 32, 0xffffffff, true);
    view.setUint32(end + 48, new DataView(zip.buffer).getUint32(end + 16, true), true);
    view.setUint32(end + 56, 0x07064b50, true);
    view.setUint32(end + 64, end, true);
    await expect(fromKeras(large)).rejects.toThrow(/claims more entries/);

    const start = new DataView(zip.buffer).getUint32(end + 16, true);
    const first = zip.subarray(start, start + 46 + new DataView(zip.buffer).getUint16(start + 28, true));
    const often = new Uint8Array(start + 1000 * first.length + 22);
    often.set(zip.subarray(0, start));
    for (let i = 0; i < 1000; i++) often.set(first, start + i * first.length);
    often.set(zip.subarray(end), often.length - 22);
    new DataView(often.buffer).setUint16(often.length - 14, 1000, true);
    await expect(fromKeras(often)).rejects.toThrow(/claims \d+ bytes/);
  });
});
