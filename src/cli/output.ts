/** The files of a report. */
import { join } from 'node:path';
import { writeAtomically } from '../files/atomic.ts';

/** A reader never sees half of a file, nor does a full disk cost the last one, or the others where they still fit. */
export async function writeFiles(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  const errors: unknown[] = [];
  for (const [name, text] of files)
    await writeAtomically(join(folder, name), text).catch((error: unknown) => errors.push(error));
  if (errors.length > 0) throw errors[0];
}
