/** ONNX Runtime, as the lock file has it. */

interface Output {
  readonly name: string;
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

export const onnxRuntime = () =>
  import('./onnx.js') as Promise<{
    run(file: Uint8Array, x: Float32Array, shape: readonly number[]): Promise<Output[]>;
  }>;
