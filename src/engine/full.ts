/**
 * The full core: the same functions, and programs may use the operations of assembly/arrays/. Code that records one of these imports
 * `full` and passes it to `Engine.require`; only then is it bundled, unpacked and compiled.
 */
import { fullCore, fullRelaxedCore } from './full-source.ts';
import { type Binaries, binary } from './load.ts';

export const full: Binaries = {
  strict: /* @__PURE__ */ binary('strict', fullCore),
  relaxed: /* @__PURE__ */ binary('relaxed', fullRelaxedCore),
};
