/** The files of a report. */
import { join } from 'node:path';
import { writeAtomically } from '../files/atomic.ts';

/** Writes each file as a whole. If one cannot be written, the others still are, and the first Error is thrown at the end. */
export async function writeFiles(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  const errors: unknown[] = [];
  for (const [name, text] of files)
    await writeAtomically(join(folder, name), text).catch((error: unknown) => errors.push(error));
  if (errors.length > 0) throw errors[0];
}
