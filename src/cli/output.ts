/** The folder that results go to. */
import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { writeAtomically } from '../files/atomic.ts';
import { makeFolder } from '../files/make-folder.ts';
import { because } from '../files/modules.ts';

/** Makes the folder and tries to write in it, so that training is not lost on one that cannot be written. */
export async function writableFolder(name: string): Promise<string> {
  const folder = resolve(name);
  const probe = join(folder, `.probe.${process.pid}.${randomBytes(4).toString('hex')}.tmp`);
  try {
    await makeFolder(folder);
    await writeFile(probe, 'x');
  } catch (error) {
    throw new Error(`${folder}: cannot be written (${because(error)})`);
  } finally {
    await rm(probe, { force: true }).catch(() => undefined);
  }
  return folder;
}

/** A reader never sees half of a file, nor does a full disk cost the last one, or the others where they still fit. */
export async function writeFiles(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  const errors: unknown[] = [];
  for (const [name, text] of files)
    await writeAtomically(join(folder, name), text).catch((error: unknown) => errors.push(error));
  if (errors.length > 0) throw errors[0];
}
