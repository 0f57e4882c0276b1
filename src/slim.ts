/**
 * SIMDescent without its core: two thirds of the JavaScript, and `core.wasm` as a file that a browser compiles while it loads.
 * Exports everything that `simdescent` does.
 *
 * @module simdescent/slim
 */
export { type CoreModule, type CoreName, type CoreSource, provideCore } from './engine/given.ts';
export * from './index.ts';
