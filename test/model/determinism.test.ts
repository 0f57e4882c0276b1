/** The same bits: digests, and batch sizes of evaluation. threads.test.ts has the same for threads. */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { layers, losses, type Sequential, sequential } from '../../src/index.ts';
import { bitsOf, classifier, floats, labels } from '../helpers.ts';

const x = floats([37, 4], 1);
const y = labels(37, 3, 2);

/** A model with one weight of eight numbers, for writing bits into. */
function eight(): { model: Sequential; words: Uint32Array } {
  const model = sequential([layers.dense({ units: 4, useBias: false, kernelInitializer: 'zeros', inputShape: [2] })]);
  const { data } = model.weights[0]?.tensor ?? {};
  if (data === undefined) throw new Error('unreachable');
  return { model, words: new Uint32Array(data.buffer, data.byteOffset, 8) };
}
const sha256 = (words: readonly number[]) => {
  const bytes = new DataView(new ArrayBuffer(words.length * 4));
  for (const [i, word] of words.entries()) bytes.setUint32(i * 4, word, true);
  return createHash('sha256').update(new Uint8Array(bytes.buffer)).digest('hex');
};

describe('digest', () => {
  test('is SHA-256 over little-endian floats', async () => {
    const { model, words } = eight();
    // 32 zero bytes
    expect(await model.digest()).toBe('66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925');
    const some = [0x3f800000, 0x80000000, 0x7f800000, 1, 0xff7fffff, 0x00800000, 0xbf000000, 0x40490fdb];
    words.set(some);
    expect(await model.digest()).toBe(sha256(some));
  });

  test('goes over kernels and biases in layer order, without the gaps between them', async () => {
    const model = classifier();
    const all = model.getWeights().flatMap(bitsOf);
    expect(all.length).toBe(model.countParams());
    expect(await model.digest()).toBe(sha256(all));
  });

  test('takes every NaN for one, and tells every other bit apart', async () => {
    const { model, words } = eight();
    words[3] = 0x7fc00000;
    const nan = await model.digest();
    expect(nan).toBe(sha256([0, 0, 0, 0x7fc00000, 0, 0, 0, 0]));
    for (const other of [0xffc00000, 0x7f800001, 0xffffffff]) {
      words[3] = other;
      expect(await model.digest()).toBe(nan);
      expect(words[3], 'the weight itself is not changed').toBe(other);
    }
    const seen = new Set([nan]);
    for (const word of [0, 1, 0x80000000, 0x7f800000, 0xff800000, 0x7f7fffff]) {
      words[3] = word;
      seen.add(await model.digest());
    }
    expect(seen.size).toBe(7);
  });

  test('is the same for the same seed, data and settings', async () => {
    const run = async (seed: number) => {
      const model = classifier({ seed });
      model.compile({ optimizer: 'nadam', loss: 'sparseCategoricalCrossentropy' });
      await model.fit(x, y, { epochs: 2, batchSize: 8 });
      return model.digest();
    };
    expect(await run(5)).toBe(await run(5));
    expect(await run(5)).not.toBe(await run(6));
    expect(await run(5)).not.toBe(await run(5 + 2 ** 32));
  });
});

describe('batch size', () => {
  test.each([1, 2, 3, 5, 8, 36, 37, 1000])('%i gives the same predictions to the last bit', async (batchSize) => {
    const model = sequential(
      [
        layers.dense({ units: 17, activation: 'gelu', inputShape: [4] }),
        layers.dense({ units: 9, activation: 'silu' }),
        layers.dense({ units: 3, activation: 'softmax' }),
      ],
      { seed: 3 },
    );
    const want = await model.predict(x, { batchSize: 37 });
    const got = await model.predict(x, { batchSize });
    expect(got.shape).toEqual([37, 3]);
    expect(bitsOf(got.data)).toEqual(bitsOf(want.data));
    model.compile({ loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
    const [a, b] = [await model.evaluate(x, y, { batchSize: 37 }), await model.evaluate(x, y, { batchSize })];
    expect(b.accuracy).toBe(a.accuracy);
    // the mean of means of batches is rounded in float64 once a batch
    expect(Math.abs((b.loss ?? 0) / (a.loss ?? 0) - 1)).toBeLessThan(1e-14);
  });

  test('evaluate sees what predict says, and neither changes anything', async () => {
    const model = classifier();
    model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
    await model.fit(x, y);
    const digest = await model.digest();
    const { data, shape } = await model.predict(x);
    const { loss } = await model.evaluate(x, y);
    expect(loss).toBeCloseTo(losses.sparseCategoricalCrossentropy().compute(y, { data, shape }), 5);
    expect(await model.digest()).toBe(digest);
    expect(model.optimizer?.iterations).toBe(2);
  });
});

test('the digest of a large model is that of its weights at the call, and others have their turn meanwhile', async () => {
  using model = sequential([layers.dense({ units: 1500, inputShape: [1500] })], { seed: 1 });
  const want = await model.digest();
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  const digest = model.digest();
  model.weights[0]?.tensor.data.fill(7);
  expect(await digest).toBe(want);
  clearInterval(timer);
  expect(turns).toBeGreaterThan(0);
  expect(await model.digest()).not.toBe(want);
});
