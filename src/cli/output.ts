/** The folder that results go to. */
import { randomBytes } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { makeFolder } from '../files/make-folder.ts';
import { because } from '../files/modules.ts';

/** Makes the folder and tries to write in it, so that training is not lost on one that cannot be written. */
export async function writableFolder(name: string): Promise<string> {
  const folder = resolve(name);
  const probe = temporary(folder, 'probe');
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

/** Writes each file under a temporary name first: a reader never sees half of one, nor a full disk costs the last one. */
export async function writeFiles(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  for (const [name, text] of files) {
    const path = temporary(folder, name);
    try {
      await writeFile(path, text);
      await rename(path, join(folder, name));
    } catch (error) {
      await rm(path, { force: true }).catch(() => undefined);
      throw new Error(`${join(folder, name)}: cannot be written (${because(error)})`);
    }
  }
}

const temporary = (folder: string, name: string) =>
  join(folder, `.${name}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`);
