/** Where checkpoints are kept: in memory, or in a folder that all workers of a machine see. */
import { writeAtomically } from '../files/atomic.ts';
import { makeFolder } from '../files/make-folder.ts';
import { nodeFiles } from '../files/modules.ts';
import type { Store } from './perform.ts';

export function inMemory(): Store {
  const kept = new Map<string, Uint8Array>();
  return {
    get: async (name) => kept.get(name),
    put: async (name, bytes) => void kept.set(name, bytes),
    async remove(prefix) {
      for (const name of [...kept.keys()]) if (name.startsWith(prefix)) kept.delete(name);
    },
  };
}

export function inFolder(folder: string): Store {
  const { fs, path } = nodeFiles('keeping checkpoints');
  return {
    get: (name) => fs.readFile(path.join(folder, name)).catch(() => undefined),
    async put(name, bytes) {
      await makeFolder(folder);
      await writeAtomically(path.join(folder, name), bytes);
    },
    async remove(prefix) {
      const names = await fs.readdir(folder).catch(() => []);
      const old = names.filter((name) => name.startsWith(prefix) || name.startsWith(`.${prefix}`));
      await Promise.all(old.map((name) => fs.rm(path.join(folder, name), { force: true }).catch(() => undefined)));
    },
  };
}
