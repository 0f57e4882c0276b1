// Streams of batches beside arrays: an epoch of 60,000 images by processor time, from arrays, from a generator over the same arrays, and from a file that is read
// sixteen batches or one at a time; and the memory over ten epochs from a file. They take turns, so that a neighbour affects all.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRuntime, optimizers } from 'simdescent';
import { round, summary } from './harness.js';
import { memory } from './heap.js';
import { imageModel } from './network.js';

export const name = 'streams';

const PIXELS = 784;
const EPOCHS = 10;

/** Batches of the arrays, without a copy. */
const slices = ({ x, y }, batchSize) =>
  function* () {
    const [count] = x.shape;
    for (let at = 0; at < count; at += batchSize) {
      const to = Math.min(at + batchSize, count);
      const data = x.data.subarray(at * PIXELS, to * PIXELS);
      yield { x: { ...x, data, shape: [to - at, 28, 28] }, y: y.data.subarray(at, to) };
    }
  };

/** The same from a file of images and one of labels, of which so many `batches` are read at once. */
const fromFile = (folder, { x, y }, batchSize, batches = 16) =>
  async function* () {
    const [pixels, labels] = [await open(join(folder, 'images')), await open(join(folder, 'labels'))];
    const size = batches * batchSize;
    const block = new Uint8Array(size * PIXELS);
    const targets = new y.data.constructor(size);
    const bytes = new Uint8Array(targets.buffer);
    const [count] = x.shape;
    try {
      for (let at = 0; at < count; at += size) {
        const rows = Math.min(size, count - at);
        await pixels.read(block, 0, rows * PIXELS, at * PIXELS);
        await labels.read(bytes, 0, rows * targets.BYTES_PER_ELEMENT, at * targets.BYTES_PER_ELEMENT);
        for (let from = 0; from < rows; from += batchSize) {
          const to = Math.min(from + batchSize, rows);
          const data = block.subarray(from * PIXELS, to * PIXELS);
          yield { x: { ...x, data, shape: [to - from, 28, 28] }, y: targets.subarray(from, to) };
        }
      }
    } finally {
      await pixels.close();
      await labels.close();
    }
  };

export async function run(harness, { pictures }) {
  if (!harness.wants('streams', 'an epoch from arrays, a generator and a file', 'memory')) return;
  const count = harness.quick ? 12_000 : 60_000;
  const folder = mkdtempSync(join(tmpdir(), 'simdescent-bench-'));
  const rows = [];
  try {
    for (const [batchSize, threads] of [
      [32, 1],
      [32, 2],
      [128, 1],
      [128, 2],
    ]) {
      const data = await pictures(count);
      writeFileSync(join(folder, 'images'), data.x.data);
      writeFileSync(join(folder, 'labels'), data.y.data);
      const runtime = createRuntime({ threads });
      const model = imageModel(optimizers.adam(), { runtime });
      const { x, y } = data;
      const ways = {
        arrays: () => model.fit(x, y, { batchSize, shuffle: false }),
        generator: () => model.fit(slices(data, batchSize)),
        file: () => model.fit(fromFile(folder, data, batchSize)),
        reads: () => model.fit(fromFile(folder, data, batchSize, 1)),
      };
      const times = { arrays: [], generator: [], file: [], reads: [] };
      for (let turn = 0; turn < (harness.quick ? 3 : 7); turn++)
        for (const [way, fit] of Object.entries(ways)) {
          // of the processor: what other processes take does not count
          const start = process.cpuUsage();
          await fit();
          const { user, system } = process.cpuUsage(start);
          if (turn > 0) times[way].push((user + system) / 1000);
        }
      const { arrays, generator, file, reads } = Object.fromEntries(
        Object.entries(times).map(([way, all]) => [way, summary(all)]),
      );
      rows.push({
        case: `batch ${batchSize}, ${threads} threads`,
        'arrays ms': round(arrays.min, 1),
        'generator ms': round(generator.min, 1),
        'file ms': round(file.min, 1),
        'generator over arrays': round(generator.min / arrays.min, 3),
        'file over arrays': round(file.min / arrays.min, 3),
        'a read for each batch': round(reads.min / arrays.min, 3),
      });
      if (threads === 1 && batchSize === 128) {
        const held = [];
        const row = () => {
          const { heapUsed, external, rss } = memory();
          return {
            case: `epoch ${held.length + 1}`,
            'heap and arrays MB': round((heapUsed + external) / 1e6, 1),
            'runtime MB': round(runtime.memory.used / 1e6, 2),
            'process MB': round(rss / 1e6, 0),
          };
        };
        await model.fit(fromFile(folder, data, batchSize), { epochs: EPOCHS, onEpochEnd: () => held.push(row()) });
        harness.show(`memory over ${EPOCHS} epochs from a file`, held);
      }
      model.dispose();
      runtime.dispose();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  harness.show('an epoch from arrays, a generator and a file, ms of the processor', rows);
}
