import { nodeFiles } from './modules.ts';

/**
 * Makes a folder and those above it. `mkdir` with `recursive` never returns where a folder cannot be made in one that
 * exists, as in /proc (seen with Node 20.20).
 *
 * @throws the system's Error, ENOTDIR when something else has the name
 */
export async function makeFolder(folder: string): Promise<void> {
  const { fs, path } = nodeFiles('makeFolder');
  const is = (await fs.stat(folder).catch(() => undefined))?.isDirectory();
  if (is) return;
  const parent = path.dirname(folder);
  if (is === undefined && parent !== folder) await makeFolder(parent);
  try {
    await fs.mkdir(folder);
  } catch (error) {
    // another process may have made it in the meantime
    if (!(await fs.stat(folder).catch(() => undefined))?.isDirectory()) throw error;
  }
}
