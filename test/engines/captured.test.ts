/**
 * Captured runs give the same memory, byte for byte, in hosts that need not know JavaScript. `npm test` replays them in some; `npm run
 * engines -- --all` in all of them.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../child.ts';
import { built } from '../cli/run.ts';
import { runs } from '../reference-runs/runs.js';
import { ALL, hosts, installHosts } from './hosts.ts';
import { type Replays, replaysOf, writeReplays } from './table.ts';

interface Captured {
  readonly name: string;
  readonly sha256: Readonly<Record<string, string>>;
}

/** Milliseconds of a host; an interpreter under an emulator takes minutes. */
const LONGEST = ALL ? 900_000 : 290_000;
const root = new URL('../../', import.meta.url);
const rows: Replays[] = [];
let folder = '';
let captured: readonly Captured[] = [];

installHosts();

beforeAll(async () => {
  built();
  folder = mkdtempSync(path.join(tmpdir(), 'simdescent-'));
  await run(process.execPath, ['scripts/capture.js', folder], { cwd: fileURLToPath(root) });
  captured = JSON.parse(readFileSync(path.join(folder, 'captured.json'), 'utf8'));
});
afterAll(() => {
  if (folder) rmSync(folder, { recursive: true });
  if (process.env.MODE !== 'table') return;
  console.log(replaysOf(rows));
  if (ALL) writeReplays(new URL('README.md', root), rows);
});

const wanted = (steps: number): Record<string, string> =>
  Object.fromEntries(
    captured.flatMap(({ name, sha256 }) =>
      Object.entries(sha256).flatMap(([mark, hash]) => (Number(mark) <= steps ? [[`${name} ${mark}`, hash]] : [])),
    ),
  );

/** By run and steps. A host without SHA-256 names a file instead. */
function hashesIn(output: string): Record<string, string> {
  const lines = output
    .trim()
    .split('\n')
    .map((line) => line.split(' '));
  const hashOf = (hash: string) =>
    hash.endsWith('.out') ? createHash('sha256').update(readFileSync(hash)).digest('hex') : hash;
  return Object.fromEntries(lines.map(([name, steps, hash = '']) => [`${name} ${steps}`, hashOf(hash)]));
}

test('every run is captured, and changes its memory in its own way', () => {
  expect(captured.map(({ name }) => name)).toEqual(runs.map(({ name }) => name));
  expect(new Set(captured.flatMap(({ sha256 }) => Object.values(sha256))).size).toBe(2 * runs.length);
});

describe.each(hosts().filter(({ always }) => ALL || always))(
  '$name on $processor, $how',
  ({ name, how, processor, command, env, steps }) => {
    const missing = typeof command === 'string';
    if (missing) rows.push({ name, how, processor, result: command });
    test.skipIf(missing && !process.env.CI)(
      'replays captured runs to the same memory',
      async () => {
        if (missing) throw new Error(command);
        const [program = '', ...args] = command;
        const { stdout } = await run(program, [...args, folder, String(steps)], {
          timeout: LONGEST,
          env: { ...process.env, ...env },
        });
        const [hashes, all] = [hashesIn(stdout), wanted(steps)];
        const equal = Object.entries(all).filter(([key, hash]) => hashes[key] === hash).length;
        rows.push({ name, how, processor, result: `${equal} of ${Object.keys(all).length}` });
        expect(hashes).toEqual(all);
      },
      LONGEST + 10_000,
    );
  },
);
