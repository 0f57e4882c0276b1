/** Damaged files of other programs: each ends in an Error that says so, or is read as a model; nothing is made that is larger than twice the file. */
import './allocation.ts';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { unzipSync, zipSync } from 'fflate';
import { afterAll, describe, expect, test } from 'vitest';
import {
  fromKeras,
  fromKerasWeights,
  fromOnnx,
  fromPytorch,
  fromTfjs,
  toOnnx,
  toPytorch,
  toTfjs,
} from '../../src/convert/index.ts';
import { createRuntime, layers, loadModel, sequential } from '../../src/index.ts';
import { largestMade } from './allocation.ts';
import { expectClear } from './clear.ts';
import { damaged, wrongs } from './damage.ts';
import { type Json, mutatedJson, mutations } from './mutations.ts';
import { runsOf, seed, timeout } from './runs.ts';

/** What the smallest files may take beside. */
const SLACK = 2 ** 16;
/** Descriptions in a .keras file may be packed to a thousandth. */
const PACKED = 2 ** 20;
const runtime = createRuntime({ maximumMemory: 2 ** 22, threads: 1 });
afterAll(() => runtime.dispose());

const fixture = (name: string) => new Uint8Array(readFileSync(new URL(`../convert/fixtures/${name}`, import.meta.url)));
type Read = (bytes: Uint8Array) => Promise<Uint8Array<ArrayBuffer>>;

/** What a damaged file may become: an Error, or a whole model. */
async function expectSafe(bytes: Uint8Array, size: number, read: Read, times: number): Promise<boolean> {
  largestMade();
  let made: Uint8Array<ArrayBuffer>;
  try {
    made = await read(bytes);
  } catch (error) {
    expect(largestMade()).toBeLessThanOrEqual(times * size + SLACK);
    expectClear(error);
    return false;
  }
  expect(largestMade()).toBeLessThanOrEqual(times * size + SLACK);
  expect(made.length).toBeLessThanOrEqual(times * size + SLACK);
  const model = await loadModel(made, { runtime });
  model.dispose();
  return true;
}

/** Damages the bytes of a file. */
async function survives(file: Uint8Array, numRuns: number, read: Read, { beside = 0, times = 2 } = {}): Promise<void> {
  let [good, refused] = [0, 0];
  const property = fc.asyncProperty(wrongs, async (wrong) => {
    const bytes = damaged(file, wrong);
    if (await expectSafe(bytes, bytes.length + beside, read, times)) good++;
    else refused++;
  });
  await fc.assert(property, { numRuns, seed });
  console.log(`${good} read, ${refused} refused`);
  expect(refused).toBeGreaterThan(0);
}

/** Damages what a description says. */
async function survivesJson(text: Uint8Array, numRuns: number, read: Read, size: number): Promise<void> {
  const json = JSON.parse(new TextDecoder().decode(text)) as Json;
  const property = fc.asyncProperty(mutations, async (wrong) => {
    const bytes = new TextEncoder().encode(JSON.stringify(mutatedJson(json, wrong)));
    await expectSafe(bytes, bytes.length + size, read, 2);
  });
  await fc.assert(property, { numRuns, seed });
}

describe('damaged files end in a clear Error', { timeout }, () => {
  const blank = sequential(
    Array.from({ length: 12 }, (_, i) => layers.dense({ units: 2, ...(i === 0 && { inputShape: [2] }) })),
    { runtime },
  );

  test('.keras', async () => {
    const files = ['twelve.keras', 'graph.keras', 'keras2.keras'];
    for (const name of files)
      await survives(fixture(name), runsOf('.keras', files.length), fromKeras, { beside: PACKED });
  });

  test('the parts of .keras', async () => {
    const parts = unzipSync(fixture('graph.keras'));
    const size = fixture('graph.keras').length + PACKED;
    const part = (name: string) => parts[name] ?? new Uint8Array(0);
    const packed = (name: string, level: 0 | 6) => async (bytes: Uint8Array) =>
      fromKeras(zipSync({ ...parts, [name]: bytes }, { level }));
    const [config, weights] = ['config.json', 'model.weights.h5'];
    const runs = runsOf('parts of .keras', 3);
    await survives(part(config), runs, packed(config, 0), { beside: size });
    await survives(part(weights), runs, packed(weights, 0), { beside: size });
    await survivesJson(part(config), runs, packed(config, 0), size);
  });

  test('.h5 of Keras 2 and 3', async () => {
    for (const name of ['graph.h5', 'keras2.h5']) await survives(fixture(name), runsOf('.h5', 2), fromKeras);
  });

  test('.weights.h5, and weights in a legacy .h5', async () => {
    const models: Readonly<Record<string, Uint8Array>> = {
      'twelve.weights.h5': await blank.save(),
      'graph.weights.h5': await fromKeras(fixture('graph.keras')),
      'keras2.h5': await fromKeras(fixture('keras2.keras')),
    };
    for (const [name, model] of Object.entries(models)) {
      const read: Read = (bytes) => fromKerasWeights(bytes, model);
      await survives(fixture(name), runsOf('.weights.h5', 3), read, { beside: model.length });
    }
  });

  test('.onnx, ours and those of PyTorch, TensorFlow and scikit-learn', async () => {
    const net = sequential(
      [
        layers.conv2d({ filters: 2, kernelSize: 2, padding: 'same', activation: 'relu6', inputShape: [4, 4, 1] }),
        layers.maxPooling2d(),
        layers.batchNormalization(),
        layers.flatten(),
        layers.dense({ units: 2, activation: 'softmax' }),
      ],
      { runtime },
    );
    const theirs = ['torch-residual-script.onnx', 'torch-sequence-script.onnx', 'tf2onnx.onnx'];
    const files = [await toOnnx(net), ...theirs.map(fixture)];
    net.dispose();
    for (const file of files) await survives(file, runsOf('onnx', files.length + 1), fromOnnx);
    const classifier: Read = (bytes) => fromOnnx(bytes, { outputs: ['probabilities'] });
    await survives(fixture('skl2onnx-classifier.onnx'), runsOf('onnx', files.length + 1), classifier);
  });

  /** A file of TensorFlow.js, the others as they are. */
  const among =
    (files: ReadonlyMap<string, Uint8Array>, name: string): Read =>
    (bytes) =>
      fromTfjs(new Map([...files, [name, bytes]]));
  const sizeOf = (files: ReadonlyMap<string, Uint8Array>) =>
    [...files.values()].reduce((sum, { length }) => sum + length, 0);

  test('model.json and its shards', async () => {
    const files = await toTfjs(blank);
    const json = files.get('model.json') ?? new Uint8Array(0);
    const size = sizeOf(files);
    await survives(json, runsOf('model.json', 3), among(files, 'model.json'), { beside: size });
    await survives(files.get('weights.bin') ?? json, runsOf('model.json', 3), among(files, 'weights.bin'), {
      beside: size,
    });
    await survivesJson(json, runsOf('model.json', 3), among(files, 'model.json'), size);
  });

  test('quantized weights, which take up to four times their bytes', async () => {
    const files = new Map<string, Uint8Array>(await toTfjs(blank));
    const text = new TextDecoder().decode(files.get('model.json'));
    const json = JSON.parse(text) as { weightsManifest: { weights: { shape: number[]; quantization?: object }[] }[] };
    let bytes = 0;
    for (const [i, weight] of (json.weightsManifest[0]?.weights ?? []).entries()) {
      const dtype = (['uint8', 'uint16', 'float16'] as const)[i % 3];
      weight.quantization = { dtype, ...(dtype !== 'float16' && { scale: 0.013, min: -1.3 }) };
      bytes += weight.shape.reduce((a, b) => a * b, 1) * (dtype === 'uint8' ? 1 : 2);
    }
    files.set('model.json', new TextEncoder().encode(JSON.stringify(json)));
    files.set(
      'weights.bin',
      Uint8Array.from({ length: bytes }, (_, i) => 37 * i),
    );
    const wide = { beside: sizeOf(files), times: 4 };
    for (const name of ['model.json', 'weights.bin'])
      await survives(files.get(name) ?? new Uint8Array(0), runsOf('quantized model.json', 2), among(files, name), wide);
  });

  test('state dicts of PyTorch', async () => {
    const file = await blank.save();
    const read: Read = (bytes) => fromPytorch(bytes, file);
    await survives(await toPytorch(blank), runsOf('state dicts'), read, { beside: file.length });
  });
});
