/** ONNX Runtime, which predicts with what we write. */
import * as ort from 'onnxruntime-web';

ort.env.wasm.numThreads = 1;
ort.env.logLevel = 'error';

/** Predictions of each output, for samples of this shape; with their names and shapes. */
export async function run(file, x, shape) {
  const session = await ort.InferenceSession.create(file);
  const [input] = session.inputNames;
  const found = await session.run({ [input]: new ort.Tensor('float32', x, shape) });
  const outputs = session.outputNames.map((name) => ({ name, data: found[name].data, shape: [...found[name].dims] }));
  await session.release();
  return outputs;
}
