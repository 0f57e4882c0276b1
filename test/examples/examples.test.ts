/** Every file of examples/ runs as its reader would run it, and does what it says. */
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { examples, outputOf, timeless } from '../../site/examples.js';
import { loadFashionMnist } from '../../src/datasets/index.ts';
import { launch, openPage } from '../browsers/browser.ts';
import { browserNames, isSkipped } from '../browsers/install.ts';
import { serve } from '../browsers/server.ts';
import { run } from '../child.ts';
import { built } from '../cli/run.ts';

/** What the example wrote, by lines. It must end well and complain of nothing. */
async function output(
  name: string,
  args: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<readonly string[]> {
  const { stdout, stderr } = await run(process.execPath, [path.join('examples', name), ...args], {
    env: { ...process.env, ...env },
  });
  expect(stderr).toBe('');
  return stdout.trimEnd().split('\n');
}

const outputs = new Map<string, Promise<readonly string[]>>();

/**
 * The same of an example that the site shows. It must be what was recorded for it (`npm run site:record`), digests included; of one that no page can
 * run it must be the same twice.
 */
async function recorded(name: string): Promise<readonly string[]> {
  const example = examples().find((one) => one.name === name);
  if (example?.file === undefined) throw new Error(`the site has no example ${name}`);
  const running = outputs.get(name) ?? output(example.file, example.args);
  outputs.set(name, running);
  const lines = await running;
  const again = outputOf(name) ?? timeless((await output(example.file, example.args)).join('\n'));
  expect(timeless(lines.join('\n'))).toBe(again);
  return lines;
}

/** The numbers that stand behind `word` in the lines, in their order. */
const numbersAfter = (word: string, lines: readonly string[]): number[] =>
  lines.flatMap((line) =>
    [...line.matchAll(new RegExp(`\\b${word} ([\\d.]+)`, 'g'))].map(([, number]) => Number(number)),
  );

const digestsIn = (text: string): string[] => text.match(/\b[0-9a-f]{64}\b/g) ?? [];

/** Functional models, layers, losses and steps of one's own: what each reaches, between two numbers. */
const graphs = [
  ['bag-of-words', 'accuracy', 0.65, 1],
  ['residual-network', 'accuracy', 0.95, 1],
  ['two-inputs-two-outputs', 'accuracy', 0.95, 1],
  ['siamese', 'accuracy', 0.95, 1],
  ['frozen-features', 'accuracy', 0.9, 1],
  ['gestures', 'accuracy', 0.95, 1],
  ['image-head', 'right', 0.8, 1],
  ['neural-network', 'accuracy', 0.9, 1],
  ['custom-layer', 'loss', 0, 0.01],
  ['custom-loss', 'below', 0.87, 0.93],
  ['variational-autoencoder', 'loss', 0, 285],
  ['gan', 'radius', 1.9, 2.1],
  ['transformer', 'text:', 0, 0.2],
  ['cart-pole', 'always:', 195, 200],
  ['physics-informed', 'error', 0, 0.01],
] as const;

beforeAll(async () => {
  built();
  await loadFashionMnist(); // the first time on a machine it is downloaded
}, 900_000);

describe('examples', () => {
  it('are those that this file runs', () => {
    const files = readdirSync('examples').sort();
    const run = [
      'browser-minimal.html',
      'compare-learning-rates.js',
      'convnets.js',
      'csv-iris.js',
      'custom-gradients.js',
      // in draw.test.ts
      'draw',
      'fashion-cnn.js',
      'iris.csv',
      'node-minimal.js',
      // in test/engines/captured.test.ts
      'replay.py',
      'stream-from-file.js',
    ];
    expect(files).toEqual(['README.md', ...run, ...graphs.map(([name]) => `${name}.js`)].sort());
  });

  it.each(graphs)('%s: says %s beyond %d, and the digest that was recorded', async (name, word, least, most) => {
    const lines = await recorded(name);
    const [reached = Number.NaN] = numbersAfter(word, lines);
    expect(reached).toBeGreaterThanOrEqual(least);
    expect(reached).toBeLessThanOrEqual(most);
    expect(digestsIn(lines.join('\n'))).toHaveLength(1);
  });

  it('convnets: four networks that people know learn, and have the parameters and the digests that they should', async () => {
    const lines = await output('convnets.js');
    const accuracies = numbersAfter('accuracy', lines);
    expect(lines.map((line) => line.replace(/accuracy \S+ (\w+ \w{12})\w*/, '$1'))).toEqual([
      'lenet: 61706 parameters, digest 964d9c3fa77c',
      'keras: 34826 parameters, digest 9aba8ac4ed6b',
      'resnet: 19954 parameters, digest 1e8b1650e0e7',
      'mobilenet: 3146 parameters, digest 24efd3281e1a',
    ]);
    for (const accuracy of accuracies) expect(accuracy).toBeGreaterThan(0.4);
  });

  it('fashion-cnn: learns from some images, and ends with the digest that was recorded', async () => {
    const lines = await recorded('fashion-cnn');
    const [accuracy = 0] = lines.flatMap((line) => /val_accuracy: ([\d.]+)/.exec(line)?.[1] ?? []).map(Number);
    expect(accuracy).toBeGreaterThan(0.5);
    expect(digestsIn(lines.join('\n'))).toHaveLength(1);
  });

  it('stream-from-file: learns from a few thousand images of a file, and leaves nothing behind', async () => {
    // a temporary folder of its own: others may run the same example
    const own = await mkdtemp(path.join(tmpdir(), 'simdescent-example-'));
    const lines = await output('stream-from-file.js', ['2', '4000'], { TMPDIR: own });
    const accuracies = lines.flatMap((line) => /val_accuracy: ([\d.]+)/.exec(line)?.[1] ?? []).map(Number);
    expect(accuracies[1]).toBeGreaterThan(0.6);
    expect(digestsIn(lines.join('\n'))).toHaveLength(1);
    expect(readdirSync(own)).toEqual([]);
    await rmdir(own);
  });

  it('frozen-features and custom-layer: nothing changes that should not', async () => {
    expect(await recorded('frozen-features')).toContain('the extractor has not changed');
    expect(await recorded('custom-layer')).toContain('loaded with the same bits');
  });

  it('gan: its points are as thin a ring as the real ones, and all around', async () => {
    const lines = await recorded('gan');
    const [deviation = 1] = numbersAfter('deviation', lines);
    expect(deviation).toBeLessThan(0.2); // the real ones have 0.08
    expect(numbersAfter('eighth', lines)[0]).toBeGreaterThan(0.08);
  });

  it('transformer: writes what it has read', async () => {
    const [, text = ''] = /TEXT = `([^`]+)`/.exec(readFileSync('examples/transformer.js', 'utf8')) ?? [];
    const written = (await recorded('transformer')).join('\n');
    expect(written).toContain(text.slice(0, 250));
  });

  it('csv-iris: names species from a file, with the digest that was recorded', async () => {
    const lines = await recorded('csv-iris');
    expect(lines[0]).toContain('150 rows');
    expect(numbersAfter('accuracy', lines)[0]).toBeGreaterThan(0.93);
    expect(lines.at(-1)).toContain('virginica');
    expect(digestsIn(lines.join('\n'))).toHaveLength(1);
  });

  it('custom-gradients: the gradient is right, the loss falls at every look, to the bits that were recorded', async () => {
    const lines = await recorded('custom-gradients');
    expect(lines[0]).toBe('the gradient agrees with the slope of the loss');
    const losses = numbersAfter('loss', lines);
    expect(losses).toHaveLength(5);
    expect(losses[0]).toBeCloseTo(Math.LN2, 4); // weights of zero know nothing
    for (const [i, loss] of losses.slice(1).entries()) expect(loss).toBeLessThan(losses[i] ?? 0);
    expect(numbersAfter('accuracy', lines)[0]).toBeGreaterThan(0.93);
    expect(digestsIn(lines.join('\n'))).toHaveLength(1);
  });

  it('compare-learning-rates: finds the best of five, to the bits that were recorded', async () => {
    const lines = await recorded('compare-learning-rates');
    const losses = numbersAfter('val_loss', lines);
    expect(losses).toHaveLength(5);
    const rates = numbersAfter('rate', lines);
    expect(lines.at(-1)).toBe(`best on images not trained on: ${rates[losses.indexOf(Math.min(...losses))]}`);
    expect(Math.min(...losses)).toBeLessThan(0.6);
    expect(losses[0]).toBeGreaterThan(1.5); // far too low
    expect(losses[4]).toBeGreaterThan(1); // far too high
    expect(new Set(digestsIn(lines.join('\n'))).size).toBe(5);
  });

  it('node-minimal: learns the moons', async () => {
    const lines = await recorded('node-minimal');
    expect(numbersAfter('accuracy', lines).at(-1)).toBeGreaterThan(0.99);
    const [upper = 1, lower = 0] = (lines.at(-2) ?? '').match(/\d\.\d+/g)?.map(Number) ?? [];
    expect(upper).toBeLessThan(0.05);
    expect(lower).toBeGreaterThan(0.95);
    expect(digestsIn(lines.join('\n'))).toHaveLength(1);
  });

  describe.each(browserNames)('browser-minimal in %s', (name) => {
    it.skipIf(isSkipped(name))('ends with the digest of node-minimal, also the second time', async () => {
      const digests = digestsIn((await recorded('node-minimal')).join('\n'));
      await using server = await serve({ folders: { '/examples/': 'examples/', '/dist/': 'dist/' } });
      const browser = await launch(name);
      try {
        const { page, errors } = await openPage(browser, `${server.origin}/examples/browser-minimal.html`);
        for (const time of ['first', 'second']) {
          await page.locator('button:not([disabled])').wait();
          const [state = '', digest = ''] = await page.$$eval('output', (all) => all.map((one) => one.textContent));
          expect(state, time).toMatch(/^epoch 60 of 60: loss 0\.00\d\d, accuracy 1\.000$/);
          expect(digestsIn(digest), time).toEqual(digests);
          const drawn = await page.$$eval('canvas', (all) =>
            all.map((canvas) => {
              const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
              return data.some((value) => value !== 0);
            }),
          );
          expect(drawn, time).toEqual([true, true]);
          await page.click('button');
          expect(await page.$$eval('button', ([button]) => button?.disabled), time).toBe(true);
        }
        expect(errors).toEqual([]);
      } finally {
        await browser.close();
      }
    });
  });
});
