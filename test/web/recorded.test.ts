/** The digests that the page shows as Node's are what Node gives. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { SEVEN } from '../../src/cli/settings.ts';
import recorded from '../../web/recorded.json' with { type: 'json' };
import { DEFAULTS, defaultsOf, type Settings, trainLine } from '../../web/settings.ts';
import { runSync } from '../child.ts';
import { runLines } from './page.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'simdescent-recorded-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('recorded digests', () => {
  const linesOf = (race: Settings) => SEVEN.map((name) => trainLine(race, { name, options: {} }));
  const whole = linesOf({ ...DEFAULTS, limit: 60_000 });

  test('are those of the default race on all images and of convolutional networks, one for each optimizer', () => {
    expect(Object.keys(recorded.digests)).toEqual([...whole, ...linesOf(defaultsOf('cnn'))]);
    const digests = Object.values(recorded.digests);
    for (const digest of digests) expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(new Set(digests).size).toBe(2 * SEVEN.length);
  });

  test('begin with what the README shows of the same runs', () => {
    const readme = readFileSync('README.md', 'utf8');
    const shown = Object.entries(recorded.digests).filter(([line]) => whole.includes(line));
    expect(shown).toHaveLength(SEVEN.length);
    for (const [, digest] of shown) expect(readme).toContain(`| ${digest.slice(0, 12)} |`);
  });

  // the recorded runs themselves take minutes: `npm run web:record` says whether they are still the same
  test('are written by running the command lines that they stand under', async () => {
    const line = (name: (typeof SEVEN)[number]) =>
      trainLine({ ...DEFAULTS, limit: 320, epochs: 1 }, { name, options: {} });
    const [sgd, adam] = [line('sgd'), line('adam')];
    const node = await runLines([sgd, adam]);
    const file = path.join(folder, 'recorded.json');
    const record = (...words: string[]) =>
      runSync('node', ['scripts/web-record.js', ...words], { env: { ...process.env, RECORDED: file } }).stdout;

    writeFileSync(file, JSON.stringify({ digests: { [sgd]: node.sgd, [adam]: '' } }));
    expect(record('sgd')).toMatch(/^same .*\n1 of 1 the same\n$/);
    expect(record()).toMatch(/^same .*\nCHANGED .*\n1 of 2 the same\n$/);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ digests: { [sgd]: node.sgd, [adam]: node.adam } });
    expect(() => record('no such word')).toThrow();
  });
});
