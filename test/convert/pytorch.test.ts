/** PyTorch state dicts: a fixture that PyTorch 2.9 wrote and predicted, our own read again, and what is refused. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { fromPytorch, toPytorch } from '../../src/convert/index.ts';
import { input, layers, loadModel, model, sequential } from '../../src/index.ts';
import { readSafetensors, writeSafetensors } from '../../src/model/safetensors.ts';
import { difference, predict } from './models.ts';

const fixture = (name: string) => readFileSync(new URL(`fixtures/${name}`, import.meta.url));

/** The model of fixtures/make_torch.py. */
const twin = () =>
  sequential([
    layers.conv2d({ filters: 4, kernelSize: 3, inputShape: [6, 5, 2] }),
    layers.batchNormalization({ epsilon: 1e-5 }),
    layers.reLU(),
    layers.depthwiseConv2d({ kernelSize: [2, 1], depthMultiplier: 2 }),
    layers.conv2dTranspose({ filters: 3, kernelSize: 2 }),
    layers.flatten(),
    layers.dropout({ rate: 0.5 }),
    layers.dense({ units: 5, name: 'behind' }),
    layers.layerNormalization({ epsilon: 1e-5 }),
    layers.activation({ activation: 'tanh' }),
    layers.dense({ units: 3 }),
    layers.dense({ units: 2 }),
  ]);

test('what PyTorch 2.9 wrote predicts the same: kernels, statistics, a dense layer behind a flatten, modules 7 and 10 in order', async () => {
  const { shape, x, outputs } = JSON.parse(fixture('torch.json').toString());
  const blank = twin();
  const net = await loadModel(await fromPytorch(fixture('torch.safetensors'), blank));
  expect(difference(outputs, await predict(net, Float32Array.from(x), shape))).toBeLessThan(1e-6);
  const back = await loadModel(await fromPytorch(await toPytorch(net), blank));
  expect(await back.digest()).toBe(await net.digest());
  for (const one of [blank, net, back]) one.dispose();
});

test('what we write is what PyTorch wrote, array for array, under the names of our layers', async () => {
  const blank = twin();
  const net = await loadModel(await fromPytorch(fixture('torch.safetensors'), blank));
  const ours = readSafetensors(await toPytorch(net), 'ours').arrays;
  const { arrays: theirs } = readSafetensors(fixture('torch.safetensors'), 'theirs', (name) =>
    /num_batches/.test(name),
  );
  const modules: Readonly<Record<string, string>> = {
    ...{ conv2d: '0', batchNormalization: '1', depthwiseConv2d: '3', conv2dTranspose: '4', behind: '7' },
    ...{ layerNormalization: '8', dense: '10', dense_1: '11' },
  };
  expect(ours.size).toBe(theirs.size);
  for (const [name, { shape, bytes }] of ours) {
    const [layer = '', weight] = name.split('.');
    const found = theirs.get(`${modules[layer]}.${weight}`);
    expect(found?.shape).toEqual(shape);
    expect(Buffer.compare(found?.bytes ?? new Uint8Array(0), bytes)).toBe(0);
  }
  for (const one of [blank, net]) one.dispose();
});

test('features behind a flatten keep their order up to the next dense layer, beside others too', async () => {
  const x = input({ shape: [2, 3] });
  const more = input({ shape: [1] });
  const normal = layers.batchNormalization({ name: 'norm' }).apply(layers.flatten().apply(x));
  const both = layers.concatenate().apply([more, normal]);
  const net = model({ inputs: [x, more], outputs: layers.dense({ units: 1, name: 'head' }).apply(both) });
  for (const { tensor } of net.weights) tensor.data.set(Array.from(tensor.data, (_, i) => i));
  const file = await toPytorch(net);
  const { arrays } = readSafetensors(file, 'it');
  const numbers = (name: string) => [...new Float32Array(arrays.get(name)?.bytes.slice().buffer ?? new ArrayBuffer(0))];
  // channels first: the two steps of the first channel, then those of the second
  expect(numbers('norm.running_mean')).toEqual([0, 3, 1, 4, 2, 5]);
  expect(numbers('head.weight')).toEqual([0, 1, 4, 2, 5, 3, 6]);
  const back = await loadModel(await fromPytorch(file, net));
  expect(await back.digest()).toBe(await net.digest());
  for (const one of [net, back]) one.dispose();
});

test('a layer that moves flattened features is refused if weights for each follow, and so are groups of them', async () => {
  const stack = (...more: readonly ReturnType<typeof layers.dense>[]) =>
    sequential([layers.flatten({ inputShape: [2, 4] }), ...more]);
  const moved = stack(layers.reshape({ targetShape: [4, 2], name: 'moved' }), layers.dense({ units: 1, name: 'head' }));
  await expect(toPytorch(moved)).rejects.toThrow(/'head' \(dense\).*'moved'/);
  const grouped = stack(layers.groupNormalization({ groups: 2, name: 'groups' }));
  await expect(toPytorch(grouped)).rejects.toThrow(/'groups' \(groupNormalization\)/);
  for (const one of [moved, grouped]) one.dispose();
});

test('what we write has the names, shapes and order of PyTorch', async () => {
  const x = input({ shape: [2, 3] });
  const y = layers.dense({ units: 2, name: 'head', useBias: false }).apply(layers.flatten().apply(x));
  const net = model({ inputs: x, outputs: y });
  net.weights[0]?.tensor.data.set(Array.from({ length: 12 }, (_, i) => i));
  const { arrays } = readSafetensors(await toPytorch(net), 'it');
  const { shape, bytes } = arrays.get('head.weight') ?? { shape: [], bytes: new Uint8Array(0) };
  expect(shape).toEqual([2, 6]);
  // row: an output; along it channels, and in each the two steps
  expect([...new Float32Array(bytes.slice().buffer)]).toEqual([0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11]);
  net.dispose();
});

test('modules are named where names differ, and refused where they are not known', async () => {
  const own = sequential([layers.dense({ units: 2, inputShape: [3] }), layers.dense({ units: 2 })]);
  const { arrays } = readSafetensors(await toPytorch(own), 'it');
  const file = (rename: (name: string) => string, extra: readonly string[] = []) =>
    writeSafetensors(
      [
        ...[...arrays].map(([name, { shape, bytes }]) => ({
          name: rename(name),
          shape,
          data: new Float32Array(bytes.slice().buffer),
        })),
        ...extra.map((name) => ({ name, shape: [1], data: Float32Array.of(1) })),
      ],
      new Map(),
    );
  const renamed = file((name) => name.replace('dense_1', 'fc2').replace('dense', 'fc1'));
  await expect(fromPytorch(renamed, own)).rejects.toThrow(/'dense'.*fc1/);
  const modules = { dense: 'fc1', dense_1: 'fc2' };
  const net = await loadModel(await fromPytorch(renamed, own, { modules }));
  expect(await net.digest()).toBe(await own.digest());
  await expect(fromPytorch(renamed, own, { modules: { ...modules, dens: 'fc1' } })).rejects.toThrow(/'dens'/);
  await expect(fromPytorch(renamed, own, { modules: { dense: 'fc2', dense_1: 'fc1' } })).rejects.toThrow(
    /fc2.weight.*\[2, 3\]/,
  );
  await expect(fromPytorch(renamed, own, { module: {} } as never)).rejects.toThrow(RangeError);
  await expect(
    fromPytorch(
      file((name) => name, ['more.weight']),
      own,
    ),
  ).rejects.toThrow(/more.weight/);
  const separable = sequential([layers.separableConv2d({ filters: 2, kernelSize: 2, inputShape: [3, 3, 1] })]);
  await expect(toPytorch(separable)).rejects.toThrow(/separableConv2d/);
  for (const one of [own, net, separable]) one.dispose();
});
