/** TensorFlow.js 4.22, which loads what we write and writes what we read. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

export { tf };

/** A model from files by name. */
export const load = (files) => {
  const { modelTopology, weightsManifest, format } = JSON.parse(new TextDecoder().decode(files.get('model.json')));
  const paths = weightsManifest.flatMap((group) => group.paths);
  const weightSpecs = weightsManifest.flatMap((group) => group.weights);
  const weightData = new Uint8Array(paths.reduce((sum, path) => sum + files.get(path).length, 0));
  let at = 0;
  for (const path of paths) {
    weightData.set(files.get(path), at);
    at += files.get(path).length;
  }
  return tfl.loadLayersModel({
    load: async () => ({ modelTopology, format, weightSpecs, weightData: weightData.buffer }),
  });
};

/** A model with a stack within that is called twice, and a graph. */
export const nested = () => {
  const { layers, input, model, sequential } = tfl;
  const stack = sequential({
    name: 'stack',
    layers: [layers.dense({ units: 3, inputShape: [3], activation: 'tanh' })],
  });
  const own = input({ shape: [3] });
  const graph = model({ inputs: own, outputs: layers.dense({ units: 2 }).apply(own), name: 'graph' });
  const x = input({ shape: [3] });
  const once = stack.apply(x);
  return model({ inputs: x, outputs: graph.apply(layers.add().apply([once, stack.apply(once)])) });
};

/** Predictions of each output, for samples of this shape. */
export const predict = (model, x, shape) =>
  tf.tidy(() => {
    const y = model.predict(tf.tensor(x, shape));
    return (Array.isArray(y) ? y : [y]).map((one) => one.dataSync());
  });

/** The files that `model.save` writes, weights quantized as `quantize` says, in shards of so many bytes. */
export const save = async (model, shardBytes = Number.POSITIVE_INFINITY) => {
  const files = new Map();
  await model.save(
    tf.io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData, format }) => {
      const bytes = new Uint8Array(weightData);
      const count = Math.max(1, Math.ceil(bytes.length / shardBytes));
      const paths = Array.from({ length: count }, (_, i) => `group1-shard${i + 1}of${count}.bin`);
      for (const [i, path] of paths.entries()) files.set(path, bytes.slice(i * shardBytes, (i + 1) * shardBytes));
      if (count === 1) files.set(paths[0], bytes);
      const weightsManifest = [{ paths, weights: weightSpecs }];
      files.set('model.json', new TextEncoder().encode(JSON.stringify({ modelTopology, format, weightsManifest })));
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  return files;
};
