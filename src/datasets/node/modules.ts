import { getBuiltin } from '../../files/modules.ts';

/**
 * Node's own modules, looked up at run time. With an `import 'node:fs'` in `simdescent/datasets`, every
 * browser bundler would stumble over code that a browser never runs.
 */
export function nodeModules() {
  const builtin = getBuiltin();
  if (!builtin) throw new Error('this needs Node 20.19 or newer');
  return {
    fs: builtin('node:fs/promises'),
    os: builtin('node:os'),
    path: builtin('node:path'),
    zlib: builtin('node:zlib'),
    crypto: builtin('node:crypto'),
    children: builtin('node:child_process'),
  };
}
