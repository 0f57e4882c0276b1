/** One sweep whose trials are computed by Node, another Node, Bun and a tab of Chromium has the digest of one process. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { loadFashionMnist } from '../../src/datasets/index.ts';
import { launch, openPage } from '../browsers/browser.ts';
import { isSkipped } from '../browsers/install.ts';
import { built } from '../cli/run.ts';
import { endAll, hold, linkOf, start, trialsIn } from '../sweep/program.ts';
import { engines } from './binaries.ts';

const SPEC = [
  ...['--optimizers', 'sgd,adam,nadam', '--learning-rates', '1e-3..1e-1:log', '--limit', '500', '--hidden', '16;32,16'],
  ...['--batch-sizes', '16,32', '--search', 'random', '--trials', '40', '--epochs', '2', '--json'],
];
const commandOf = (wanted: string) => engines().find(({ name }) => name === wanted)?.command;
const [lts, bun] = [commandOf('Node LTS'), commandOf('Bun')];
const can = !isSkipped('chromium') && lts !== undefined && bun !== undefined;

let folder = '';
beforeAll(async () => {
  built();
  await loadFashionMnist();
  folder = await mkdtemp(join(tmpdir(), 'simdescent-mixed-'));
}, 300_000);
afterEach(endAll);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.skipIf(!can || process.platform !== 'linux')('a sweep in several engines', () => {
  it('has the digest of one process', async () => {
    const alone = start(['sweep', ...SPEC, '--workers', '1', '--out', join(folder, 'alone')]);
    expect(await alone.done).toBe(0);
    const served = ['--serve', '0', '--verify', '0.2', '--workers', '1', '--out', join(folder, 'mixed')];
    const sweep = start(['sweep', ...SPEC, ...served]);
    const link = await linkOf(sweep);
    // waits until all others have computed something
    const goOn = await hold(sweep);
    const browser = await launch('chromium');
    try {
      const { page, errors } = await openPage(browser, link);
      await page.click('#switch');
      await page.waitForSelector('.done tbody tr');
      await page.click('#switch');
      for (const engine of [lts, bun]) {
        const worker = start(['worker', '--queue', link, '--workers', '1'], engine);
        await worker.until((text) => trialsIn(text) > 1);
        worker.child.kill('SIGTERM');
        expect(await worker.done).toBe(0);
      }
      goOn();
      expect(await sweep.done).toBe(0);
      expect(errors).toEqual([]);
    } finally {
      await browser.close();
    }
    expect(sweep.last()).toMatchObject({ digest: alone.last().digest, best: alone.last().best, trials: 40 });
    const { trials } = JSON.parse(readFileSync(join(folder, 'mixed/sweep.json'), 'utf8'));
    const workers = new Set(trials.map(({ worker }: { worker: string }) => worker));
    expect(workers.size).toBe(4);
  });
});
