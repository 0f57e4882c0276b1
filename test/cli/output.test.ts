import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writeFiles } from '../../src/cli/output.ts';

it('a file that cannot be written costs no other, and is named', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'simdescent-output-'));
  try {
    mkdirSync(join(folder, 'second'));
    const files = new Map(['first', 'second', 'third'].map((name) => [name, `${name} text`]));
    await expect(writeFiles(folder, files)).rejects.toThrow(`${join(folder, 'second')}: cannot be written (`);
    for (const name of ['first', 'third']) expect(readFileSync(join(folder, name), 'utf8')).toBe(`${name} text`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
