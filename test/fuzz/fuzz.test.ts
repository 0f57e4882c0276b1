/**
 * Hostile files: model files and IDX files with things wrong in them end in an Error that says so, or are read; nothing else.
 * `npm run fuzz -- --runs 1000000` does it more often than a test run should.
 */
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseIdx } from '../../src/datasets/index.ts';
import { createRuntime, input, layers, loadModel, model, optimizers, schedules, sequential } from '../../src/index.ts';
import { readSafetensors, writeSafetensors } from '../../src/model/safetensors.ts';
import { loadModel as loadPredictor } from '../../src/predict/index.ts';
import { expectClear } from './clear.ts';
import { mutated, mutations } from './mutations.ts';
import { runsOf, seed, timeout } from './runs.ts';

/** A few models of every kind there is, as files. */
async function filesOfModels(): Promise<Uint8Array[]> {
  const dense = (units: number, inputShape?: number[]) =>
    layers.dense({ units, activation: 'relu', kernelRegularizer: 'l2', ...(inputShape && { inputShape }) });
  const plain = sequential([layers.flatten({ inputShape: [2, 2] }), dense(3), layers.dropout({ rate: 0.5 }), dense(2)]);
  plain.compile({ optimizer: 'adam', loss: 'mse', metrics: ['mae'] });
  const learningRate = schedules.piecewiseConstantDecay({ boundaries: [1, 2], values: [3, 2, 1] });
  const scheduled = sequential([
    dense(2, [3]),
    layers.reshape({ targetShape: [2, 1] }),
    layers.activation({ activation: 'gelu' }),
  ]);
  scheduled.compile({ optimizer: optimizers.nadam({ learningRate }), loss: 'huber' });
  const unbuilt = sequential([layers.dense({ units: 2 })]);
  unbuilt.compile({ optimizer: 'sgd', loss: 'mse' });
  const [a, b] = [input({ shape: [2], name: 'a' }), input({ shape: [3] })];
  const shared = layers.dense({ units: 2, trainable: false });
  const inner = model({ inputs: b, outputs: shared.apply(b), name: 'inner' });
  const joined = layers.add().apply([layers.dense({ units: 2 }).apply(a), inner.apply(b), shared.apply(b)]);
  const graph = model({ inputs: [a, b], outputs: { sum: joined, half: layers.dense({ units: 1 }).apply(joined) } });
  graph.compile({
    optimizer: 'adagrad',
    loss: { sum: 'mse', half: 'mae' },
    lossWeights: { sum: 2, half: 1 },
    metrics: {},
  });
  const models = [plain, scheduled, unbuilt, sequential([dense(1, [1])]), graph];
  const files = await Promise.all(models.map((one) => one.save()));
  for (const one of models) one.dispose();
  return [...files, ...files.map(withoutDigest)];
}

/** As older versions wrote it: then damage to the arrays is not found, only damage to what describes them. */
function withoutDigest(file: Uint8Array): Uint8Array {
  const { metadata, arrays } = readSafetensors(file, 'it');
  const list = [...arrays].map(([name, { shape, bytes }]) => ({
    name,
    shape,
    data: new Float32Array(bytes.slice().buffer),
  }));
  return writeSafetensors(list, new Map([...metadata].filter(([key]) => key !== 'simdescent.digest')));
}

describe('model files', () => {
  let files: readonly Uint8Array[] = [];
  beforeAll(async () => {
    files = await filesOfModels();
  });

  test('are refused with a clear Error, or are models, and leave no memory behind', { timeout }, async () => {
    using runtime = createRuntime({ maximumMemory: 2 ** 22 });
    const empty = runtime.memory.used;
    const numRuns = runsOf('model files');
    let [read, refused] = [0, 0];
    const property = fc.asyncProperty(fc.nat(), mutations, async (which, wrong) => {
      const file = mutated(files[which % files.length] as Uint8Array, wrong);
      try {
        using model = await loadModel(file, { runtime });
        read++;
        // what was read is a whole model: it can be saved and used
        const again = await model.save();
        if (model.built) await model.digest();
        expect(again.length).toBeLessThan(file.length + 4096);
      } catch (error) {
        refused++;
        expectClear(error);
      }
      expect(runtime.memory.used).toBe(empty);
    });
    await fc.assert(property, { numRuns, seed });
    console.log(`model files: ${read} read, ${refused} refused`);
    // neither half of the test is empty
    expect(Math.min(read, refused)).toBeGreaterThan(numRuns / 100);
  });

  test('are refused by simdescent/predict too, or predict', { timeout }, async () => {
    const samples = [[[[1, 2], [3, 4]]], [[1, 2, 3]], [[1]], { a: [[1, 2]], input: [[1, 2, 3]] }]; // biome-ignore format: a list
    const numRuns = runsOf('predictions');
    let [read, refused] = [0, 0];
    const property = fc.asyncProperty(fc.nat(), mutations, async (which, wrong) => {
      try {
        using small = await loadPredictor<unknown>(mutated(files[which % files.length] as Uint8Array, wrong));
        for (const x of samples) {
          try {
            small.predictOnBatch(x);
            read++;
          } catch (error) {
            expectClear(error);
          }
        }
      } catch (error) {
        refused++;
        expectClear(error);
      }
    });
    await fc.assert(property, { numRuns, seed });
    console.log(`predictions of model files: ${read} made, ${refused} files refused`);
    expect(Math.min(read, refused)).toBeGreaterThan(numRuns / 100);
  });

  test('of random bytes are refused', { timeout }, async () => {
    const bytes = fc.uint8Array({ maxLength: 64 });
    const framed = bytes.map((body) => new Uint8Array([body.length, 0, 0, 0, 0, 0, 0, 0, ...body]));
    await fc.assert(
      fc.asyncProperty(fc.oneof(bytes, framed), async (file) => {
        const error = await loadModel(file).then(
          () => undefined,
          (error: unknown) => error,
        );
        expectClear(error);
      }),
      { numRuns: runsOf('random bytes'), seed },
    );
  });
});

describe('IDX files', () => {
  test('are refused with a clear Error, or read without a copy', { timeout }, () => {
    // a header that is mostly right, sizes that mostly are not what the file has, and any bytes at all
    const size = fc.oneof(fc.nat(6), fc.constantFrom(0xffffffff, 0x80000000, 65536, 28));
    const likely = fc
      .record({
        start: fc.oneof({ weight: 9, arbitrary: fc.constant([0, 0]) }, fc.tuple(fc.nat(255), fc.nat(255))),
        type: fc.oneof({ weight: 9, arbitrary: fc.constant(8) }, fc.nat(255)),
        sizes: fc.oneof(fc.tuple(size), fc.tuple(size, size, size), fc.array(size, { maxLength: 4 })),
        dimensions: fc.option(fc.nat(255), { freq: 9 }),
        extra: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: -8, max: 8 })),
      })
      .map(({ start, type, sizes, dimensions, extra }) => {
        const count = Math.min(
          sizes.reduce((a, b) => a * b, 1),
          300,
        );
        const file = new Uint8Array(Math.max(0, 4 + 4 * sizes.length + count + extra));
        const header = new DataView(new ArrayBuffer(4 + 4 * sizes.length));
        for (const [i, byte] of [...start, type, dimensions ?? sizes.length].entries()) header.setUint8(i, byte);
        for (const [i, value] of sizes.entries()) header.setUint32(4 + 4 * i, value);
        file.set(new Uint8Array(header.buffer).subarray(0, file.length));
        return file;
      });
    const numRuns = runsOf('IDX');
    let [read, refused] = [0, 0];
    const property = fc.property(
      fc.oneof({ weight: 4, arbitrary: likely }, fc.uint8Array({ maxLength: 40 })),
      (file) => {
        try {
          const { data, shape } = parseIdx(file, { name: 'it' });
          read++;
          expect(data.buffer).toBe(file.buffer);
          expect(data.length).toBe(shape.reduce((a, b) => a * b, 1));
          expect(data.byteOffset + data.length).toBe(file.byteOffset + file.length);
        } catch (error) {
          refused++;
          expectClear(error);
          expect((error as Error).message).toMatch(/^it: expected /);
        }
      },
    );
    fc.assert(property, { numRuns, seed });
    console.log(`IDX files: ${read} read, ${refused} refused`);
    expect(Math.min(read, refused)).toBeGreaterThan(numRuns / 100);
  });
});
