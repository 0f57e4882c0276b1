/** Damaged files of other programs: each ends in an Error that says so, or is read; none takes memory that it is not long enough for. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { unzipSync, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { fromKeras, fromKerasWeights, fromOnnx, fromTfjs, toOnnx, toTfjs } from '../../src/convert/index.ts';
import { layers, sequential } from '../../src/index.ts';
import { expectClear } from './clear.ts';

/** A twentieth of what model files of this library get. */
const numRuns = Math.ceil(Number(process.env.SIMDESCENT_FUZZ_RUNS ?? 4000) / 20);
const seed = Number(process.env.SIMDESCENT_FUZZ_SEED ?? 1) | 0;
const timeout = Math.max(60_000, numRuns * 50);

interface Damage {
  readonly where: number;
  readonly bytes: readonly number[];
}
const damages = fc.array(
  fc.record({
    where: fc.nat(),
    bytes: fc.oneof(
      fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 1, maxLength: 8 }),
      // lengths and addresses that are too large
      fc.constantFrom([255, 255, 255, 255], [255, 255, 255, 255, 255, 255, 255, 255], [0, 0, 0, 128], [0, 0, 0, 0]),
    ),
  }),
  { minLength: 1, maxLength: 4 },
);

/** A copy with some bytes overwritten; perhaps its beginning alone. */
function damaged(file: Uint8Array, all: readonly Damage[], cut: number): Uint8Array {
  const bytes = file.slice();
  for (const { where, bytes: own } of all)
    for (const [i, one] of own.entries()) bytes[(where + i) % Math.max(1, bytes.length)] = one;
  return cut % 4 === 0 ? bytes.subarray(0, cut % (bytes.length + 1)) : bytes;
}

const fixture = (name: string) => new Uint8Array(readFileSync(new URL(`../convert/fixtures/${name}`, import.meta.url)));

async function survives(file: Uint8Array, read: (bytes: Uint8Array) => Promise<Uint8Array>): Promise<void> {
  await fc.assert(
    fc.asyncProperty(damages, fc.nat(), async (all, cut) => {
      const bytes = damaged(file, all, cut);
      try {
        const made = await read(bytes);
        expect(made.length).toBeLessThan(2 * file.length + 2 ** 16);
      } catch (error) {
        expectClear(error);
      }
    }),
    { numRuns, seed },
  );
}

describe('damaged files end in a clear Error', () => {
  const blank = sequential(
    Array.from({ length: 12 }, (_, i) => layers.dense({ units: 2, ...(i === 0 && { inputShape: [2] }) })),
  );

  test('.keras', () => survives(fixture('twelve.keras'), fromKeras), timeout);

  test(
    'the parts of .keras',
    async () => {
      const parts = unzipSync(fixture('graph.keras'));
      for (const name of ['config.json', 'model.weights.h5'])
        await survives(parts[name] ?? new Uint8Array(0), (bytes) =>
          fromKeras(zipSync({ ...parts, [name]: bytes }, { level: 0 })),
        );
    },
    timeout,
  );

  test('.h5', () => survives(fixture('graph.h5'), fromKeras), timeout);

  test(
    '.weights.h5',
    async () => {
      const file = await blank.save();
      await survives(fixture('twelve.weights.h5'), (bytes) => fromKerasWeights(bytes, file));
    },
    timeout,
  );

  test(
    '.onnx, ours and that of PyTorch',
    async () => {
      const net = sequential([
        layers.conv2d({ filters: 2, kernelSize: 2, padding: 'same', activation: 'relu6', inputShape: [4, 4, 1] }),
        layers.maxPooling2d(),
        layers.batchNormalization(),
        layers.flatten(),
        layers.dense({ units: 2, activation: 'softmax' }),
      ]);
      for (const file of [await toOnnx(net), fixture('torch-residual-script.onnx')]) await survives(file, fromOnnx);
      net.dispose();
    },
    timeout,
  );

  test(
    'model.json and its shards',
    async () => {
      const files = await toTfjs(blank);
      for (const name of ['model.json', 'weights.bin'])
        await survives(files.get(name) ?? new Uint8Array(0), (bytes) => fromTfjs(new Map([...files, [name, bytes]])));
    },
    timeout,
  );
});
