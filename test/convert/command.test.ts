/** `simdescent convert`: formats by the names of files, and nothing written for what cannot be converted. */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { convert } from '../../src/cli/converting.ts';
import { UsageError } from '../../src/cli/errors.ts';
import { files, layers, loadModel, sequential } from '../../src/index.ts';
import { readSafetensors } from '../../src/model/safetensors.ts';
import { loadModel as predicting } from '../../src/predict/index.ts';

let folder: string;
let ours: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'simdescent-convert-'));
  ours = join(folder, 'model.safetensors');
  const model = sequential([layers.dense({ units: 2, inputShape: [3] })], { seed: 3 });
  await files.write(ours, await model.save());
  model.dispose();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const digestOf = async (path: string) => {
  const model = await loadModel(await files.read(path));
  const digest = await model.digest();
  model.dispose();
  return digest;
};

test('to TensorFlow.js and back, by a folder or by the name of model.json, with the same weights', async () => {
  const web = join(folder, 'web');
  expect(await convert(ours, web)).toEqual([join(web, 'model.json'), join(web, 'weights.bin')]);
  const named = join(folder, 'other', 'named.json');
  expect(await convert(ours, named)).toEqual([named, join(folder, 'other', 'weights.bin')]);
  for (const [i, from] of [web, join(web, 'model.json'), named].entries()) {
    const back = join(folder, `back-${i}.safetensors`);
    await convert(from, back);
    expect(await digestOf(back)).toBe(await digestOf(ours));
    // for pages, which have only what predicts
    using small = await predicting(await files.read(back));
    using whole = await loadModel(await files.read(ours));
    expect(small.predictOnBatch([[1, 2, 3]])).toEqual(whole.predictOnBatch([[1, 2, 3]]));
  }
});

test('to Keras and back, while .h5 is only read', async () => {
  const keras = join(folder, 'model.keras');
  await convert(ours, keras);
  await convert(keras, join(folder, 'back-keras.safetensors'));
  expect(await digestOf(join(folder, 'back-keras.safetensors'))).toBe(await digestOf(ours));
  await expect(convert(ours, join(folder, 'model.h5'))).rejects.toThrow(UsageError);
});

test('to ONNX and back, and to a PyTorch state dict, which alone is no model', async () => {
  const onnx = join(folder, 'model.onnx');
  expect(await convert(ours, onnx)).toEqual([onnx]);
  await convert(onnx, join(folder, 'back-onnx.safetensors'));
  expect(await digestOf(join(folder, 'back-onnx.safetensors'))).toBe(await digestOf(ours));
  const torch = join(folder, 'model.pt.safetensors');
  await convert(ours, torch);
  expect([...readSafetensors(await files.read(torch), 'it').arrays.keys()]).toEqual(['dense.weight', 'dense.bias']);
  await expect(convert(torch, join(folder, 'again.safetensors'))).rejects.toThrow(UsageError);
  // the weights of this one lie beside it
  const apart = fileURLToPath(new URL('fixtures/torch-classic-dynamo.onnx', import.meta.url));
  await convert(apart, join(folder, 'apart.safetensors'));
  expect(existsSync(join(folder, 'apart.safetensors'))).toBe(true);
});

test('an unknown format, and a model that cannot be converted, leave nothing behind', async () => {
  await expect(convert(ours, join(folder, 'model.pb'))).rejects.toThrow(UsageError);
  const lacking = join(folder, 'lacking.safetensors');
  const model = sequential([layers.unitNormalization({ inputShape: [3] })]);
  await files.write(lacking, await model.save());
  model.dispose();
  await expect(convert(lacking, join(folder, 'nowhere'))).rejects.toThrow(/lacking.safetensors: .*unitNormalization/);
  expect(existsSync(join(folder, 'nowhere'))).toBe(false);
  // named once
  const absent = join(folder, 'absent.keras');
  const refused = await convert(absent, join(folder, 'nowhere')).catch((error: Error) => error.message);
  expect(String(refused).split(absent)).toHaveLength(2);
  const before = readdirSync(folder);
  writeFileSync(join(folder, 'model.json'), '{}');
  await expect(convert(join(folder, 'model.json'), join(folder, 'made.safetensors'))).rejects.toThrow(/modelTopology/);
  expect(readdirSync(folder)).toEqual([...before, 'model.json'].sort());
});
