/**
 * The full core: the same functions, and programs may have the operations of assembly/arrays/. What records one of these names `full` as
 * the binary that it needs, and hands it to `Engine.require`; only then is it in a bundle, unpacked and compiled.
 */
import { fullCore, fullRelaxedCore } from './full-source.ts';
import { type Binaries, binary } from './load.ts';

export const full: Binaries = {
  strict: /* @__PURE__ */ binary('strict', fullCore),
  relaxed: /* @__PURE__ */ binary('relaxed', fullRelaxedCore),
};
