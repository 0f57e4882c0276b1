/**
 * Node's own modules, asked for at run time. An `import 'node:fs'` anywhere in `simdescent/datasets` would make every
 * browser bundler stumble over code that a browser never runs.
 */
export function nodeModules() {
  const builtin = typeof process === 'undefined' ? undefined : process.getBuiltinModule;
  if (!builtin) {
    throw new Error('loadFashionMnist needs Node 20.19 or newer; elsewhere fetch the files and give them to parseIdx');
  }
  return {
    fs: builtin('node:fs/promises'),
    os: builtin('node:os'),
    path: builtin('node:path'),
    zlib: builtin('node:zlib'),
    crypto: builtin('node:crypto'),
    children: builtin('node:child_process'),
  };
}
