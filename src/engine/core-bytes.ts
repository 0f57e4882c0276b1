/** A published core: its bytes, or a module compiled from them. */
export type CoreBytes = Uint8Array<ArrayBuffer> | WebAssembly.Module;
