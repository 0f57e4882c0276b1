/** What the page's links say happens in a race, happens: the same races on the page's own images, in Node and for a few epochs. */
import { beforeAll, describe, expect, test } from 'vitest';
import { network } from '../../src/cli/network.ts';
import { type FashionMnist, loadFashionMnist } from '../../src/datasets/index.ts';
import { optimizers } from '../../src/index.ts';
import type { RacerName } from '../../web/optimizers.ts';
import { PRESETS } from '../../web/presets.ts';
import { FIRST, fromQuery } from '../../web/settings.ts';

/** The loss of a network that gives each of the ten classes the same chance. */
const CHANCE = Math.log(10);

let images: FashionMnist;
beforeAll(async () => {
  images = await loadFashionMnist({ apt: true });
});

const part = ({ images, labels }: FashionMnist['train'], count: number) => ({
  x: { ...images, data: images.data.subarray(0, count * 784), shape: [count, 28, 28] },
  y: { ...labels, data: labels.data.subarray(0, count), shape: [count] },
});

/** The losses of the racers of a link after so many epochs. */
async function race(words: RegExp, epochs: number, names?: readonly RacerName[]): Promise<Record<string, number>> {
  const [query = ''] = PRESETS.find(([, text]) => words.test(text)) ?? [];
  const { settings, problems } = fromQuery(query);
  expect(problems).toEqual([]);
  const { x, y } = part(images.train, FIRST.train);
  const losses: Record<string, number> = {};
  for (const { name, options } of settings.entrants) {
    if (names && !names.includes(name)) continue;
    const model = network(settings);
    model.compile({ optimizer: optimizers[name](options as never), loss: 'sparseCategoricalCrossentropy' });
    const { history } = await model.fit(x, y, { epochs, batchSize: settings.batchSize });
    losses[name] = history.loss?.at(-1) ?? Number.NaN;
    model.dispose();
  }
  return losses;
}

describe('a link tells the truth', () => {
  test.each(PRESETS)('%s can be raced', (query) => {
    expect(fromQuery(query).problems).toEqual([]);
  });

  test('SGD at 0.1 is as far as momentum', async () => {
    const { sgd = 0, momentum = 0 } = await race(/SGD at 0.1/, 4, ['sgd', 'momentum']);
    expect(sgd).toBeLessThan(CHANCE / 3);
    expect(sgd / momentum).toBeGreaterThan(0.8);
    expect(sgd / momentum).toBeLessThan(1.25);
  });

  test('Adam at 0.1 is no better than chance, where others learn', async () => {
    const { sgd = 0, adam = 0 } = await race(/Adam at 0.1/, 3, ['sgd', 'adam']);
    expect(sgd).toBeLessThan(CHANCE / 2);
    expect(adam).toBeGreaterThan(0.75 * CHANCE);
  });

  test('of five layers of sigmoids, two learn nothing and two learn', async () => {
    const { sgd = 0, momentum = 0, rmsprop = 0, adam = 0 } = await race(/sigmoids/, 6);
    for (const loss of [sgd, momentum]) expect(loss).toBeGreaterThan(0.98 * CHANCE);
    for (const loss of [rmsprop, adam]) expect(loss).toBeLessThan(0.85 * CHANCE);
  });
});
