/** A core as it is published: its bytes, or a module that somebody has compiled of them. */
export type CoreBytes = Uint8Array<ArrayBuffer> | WebAssembly.Module;
