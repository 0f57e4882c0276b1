// ONNX Runtime's WebAssembly backend, which predicts and does not train, from the model that ours has written.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ort from 'onnxruntime-web';

export async function open({ dir, images, threads = 1 }) {
  ort.env.wasm.numThreads = threads;
  const session = await ort.InferenceSession.create(new Uint8Array(readFileSync(join(dir, 'model.onnx'))), {
    executionProviders: ['wasm'],
  });
  const [input] = session.inputNames;
  return {
    about: { name: 'onnxruntime', backend: 'wasm', threads },
    trainer() {
      throw new Error('it does not train');
    },
    product() {
      throw new Error('it is measured by its predictions');
    },
    predictor(rows) {
      const pixels = Float32Array.from(images.subarray(0, rows * 784), (byte) => byte / 255);
      return {
        async run(times) {
          for (let i = 0; i < times; i++)
            await session.run({ [input]: new ort.Tensor('float32', pixels, [rows, 28, 28]) });
          return times;
        },
      };
    },
  };
}
