/** Files of Node that are whole or not there. */
import { because, nodeFiles } from './modules.ts';

/**
 * Writes `bytes` under a temporary name in the same folder, makes the disk keep them, and gives them their name: whoever reads `path`
 * finds what was there before or all that is there now, whatever happens in between. A temporary file is left behind only by a
 * process that was killed while it wrote.
 *
 * @throws Error that names the file and says why; what was there before is still there
 */
export async function writeAtomically(path: string, bytes: Uint8Array | string): Promise<void> {
  const { fs, path: paths } = nodeFiles('writing a file');
  const target = paths.resolve(path);
  const folder = paths.dirname(target);
  const temporary = paths.join(
    folder,
    `.${paths.basename(target)}.${process.pid}.${crypto.randomUUID().slice(0, 8)}.tmp`,
  );
  try {
    const file = await fs.open(temporary, 'wx');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await fs.rename(temporary, target);
  } catch (error) {
    await fs.rm(temporary, { force: true }).catch(() => undefined);
    throw new Error(`${target}: cannot be written (${because(error)})`, { cause: error });
  }
  await keepNames(folder);
}

/** Makes the disk keep the names in a folder too. Systems that cannot, as Windows, do it on their own. */
async function keepNames(folder: string): Promise<void> {
  const opened = await nodeFiles('writing a file')
    .fs.open(folder, 'r')
    .catch(() => undefined);
  try {
    await opened?.sync();
  } catch {
    // the file itself is whole
  } finally {
    await opened?.close();
  }
}
