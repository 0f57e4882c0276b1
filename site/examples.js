/** The examples as the site shows them: what is needed to run one in a page, and the module that a page runs. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('../', import.meta.url);
const read = (file) => readFileSync(new URL(file, root), 'utf8');

/** Arguments with which an example takes seconds in a page, not minutes. */
const ARGUMENTS = { convnets: ['lenet', '1', '3000'], 'fashion-cnn': ['1', '1500'] };

/** `node-minimal`; of an example that has a folder, that of the folder and its first file: `draw-train`. */
export const nameOf = (file) => file.replace(/\.\w+$/, '').replaceAll('/', '-');

/** Every example of examples/README.md: its file, what it shows, and how it is run there. */
export const examples = () =>
  [...read('examples/README.md').matchAll(/^\| \[[^\]]+\]\(([^)]+)\) \| (.+?) \| (.+?) \|$/gm)].map(
    ([, file, shows, run]) => {
      const name = nameOf(file);
      const source = read(`examples/${file}`);
      const kind = file.split('.').at(-1);
      // files that it reads from beside itself
      const data = [...source.matchAll(/new URL\('([\w.-]+)', import\.meta\.url\)/g)].map(([, file]) => file);
      return {
        file,
        name,
        shows,
        run,
        source,
        kind,
        data,
        why: reason(file, kind, source),
        args: ARGUMENTS[name] ?? [],
      };
    },
  );

/** Why there is no Run button; undefined where there is one. */
function reason(file, kind, source) {
  if (kind === 'py') return 'It runs in Python, with wasmtime.';
  if (kind === 'html') return undefined;
  if (file.includes('/')) return 'It is a project of several files, which Vite serves.';
  return source.includes("from 'node:") ? 'It reads or writes files and needs Node.' : undefined;
}

/** The example as a module of a page: the package by its address, and its arguments. */
export function moduleOf({ source, args }) {
  const paths = { simdescent: '../package/index.js', 'simdescent/datasets': '../datasets.js' };
  const own = source.replace(
    /(?<=from ')(simdescent[^']*)(?=')/g,
    (name) => paths[name] ?? `../package/${name.replace('simdescent/', '')}.js`,
  );
  return `const process = { argv: ${JSON.stringify(['node', 'example', ...args])} };\n${own}`;
}

/** What it prints, without what differs from one run to the next: how long it took, in milliseconds or, on a busy machine, in seconds. */
export const timeless = (text) => text.replace(/\b\d+(\.\d+)?( ?)m?s\b/g, '…$2s').trimEnd();

/** What Node printed when it was recorded. */
export function outputOf(name) {
  try {
    return read(`site/outputs/${name}.txt`).trimEnd();
  } catch {
    return undefined;
  }
}

export const folder = (path) => fileURLToPath(new URL(path, root));
