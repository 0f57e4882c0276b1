import { readFile } from 'node:fs/promises';
import { because } from '../../files/modules.ts';
import { show } from '../../validate.ts';
import { UsageError } from '../errors.ts';

/** @throws UsageError that names the file and says why it cannot be read */
export async function readJsonFile(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new UsageError(`${path}: cannot be read (${because(error)})`);
  });
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`${path}: expected JSON, got ${show(text)}`);
  }
}
