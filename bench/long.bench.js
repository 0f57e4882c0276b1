// How speed and memory fare in a long training: the step of the reference network after many thousands of steps, and the growth of
// the JavaScript heap. Only in Node, where a program can collect garbage on demand.
import { optimizerNames, optimizers } from 'simdescent';
import { round, summary } from './harness.js';
import { memory } from './heap.js';
import { imageModel, points, smallModel } from './network.js';

export const name = 'long';

const heap = () => memory().heapUsed;

export async function run(harness, { pictures }) {
  await slowing(harness, 'adam', pictures);
  await slowing(harness, 'nadam', pictures);
  await growth(harness);
}

/** Blocks of a thousand steps: the first ones, and the last ones. */
async function slowing(harness, optimizer, pictures) {
  const title = `${optimizer}, 784-300-100-10, batch 32, a long training`;
  if (!harness.wants(title)) return;
  const [epoch, thousands] = harness.quick ? [250, 8] : [1000, 30];
  const { x, y } = await pictures(epoch * 32);
  const model = imageModel(optimizer);
  harness.onCase(title);
  // the engine compiles the kernels in the background during the first few hundred steps
  await model.fit(x, y);
  const before = heap();
  const seconds = [];
  let grown = 0;
  for (let done = 0; done < thousands; done++) {
    const { trainSeconds } = await model.fit(x, y);
    seconds.push(trainSeconds[0]);
    if (done === Math.min(9, thousands - 1)) grown = heap() - before;
  }
  const each = seconds.map((value) => (1000 * value) / epoch);
  const part = Math.floor(each.length / 4);
  const [first, last] = [summary(each.slice(0, part)), summary(each.slice(-part))];
  const row = (label, timing) => ({
    case: label,
    'best ms': round(timing.min, 4),
    'median ms': round(timing.median, 4),
    'spread %': round(timing.spread, 1),
  });
  harness.show(title, [
    row(`steps ${epoch} to ${epoch * (part + 1)}`, first),
    row(`steps ${epoch * (1 + each.length - part)} to ${epoch * (1 + each.length)}`, last),
    {
      case: 'last over first',
      'best ms': round(last.min / first.min, 3),
      'median ms': round(last.median / first.median, 3),
    },
    { case: `heap growth over ${epoch * Math.min(10, thousands)} steps`, kB: round(grown / 1024, 1) },
  ]);
  model.dispose();
}

/** One `fit` of many epochs of 1,000 steps each, after one of ten epochs. */
async function growth(harness) {
  const { x, y } = points(4000);
  const counts = harness.quick ? [10_000] : [10_000, 100_000];
  await harness.table(
    'JavaScript heap growth, 2-16-1, batch 4, kB',
    optimizerNames.map((optimizer) => ({
      name: optimizer,
      measure: async () => {
        const model = smallModel(optimizers[optimizer]());
        await model.fit(x, y, { batchSize: 4, epochs: 10 });
        const kilobytes = [];
        const samples = [];
        for (const steps of counts) {
          const before = heap();
          const { trainSeconds } = await model.fit(x, y, { batchSize: 4, epochs: steps / 1000 });
          samples.push(...trainSeconds);
          kilobytes.push((heap() - before) / 1024);
        }
        model.dispose();
        return { ...summary(samples), kilobytes };
      },
    })),
    (timing, _) => ({
      ...Object.fromEntries(counts.map((steps, i) => [`${steps} steps`, round(timing.kilobytes[i], 1)])),
      'best µs/step': round(timing.min * 1000, 2),
    }),
  );
}
