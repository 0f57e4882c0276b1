// Prints the operations that a model records: npm run graph -- MODEL, one of those below or the path of a saved model. Reads the sources,
// so it shows the latest edits.
import { createServer } from 'vite';

const [which = 'mlp'] = process.argv.slice(2);
const server = await createServer({
  configFile: false,
  server: { middlewareMode: true },
  appType: 'custom',
  logLevel: 'error',
  optimizeDeps: { noDiscovery: true },
});
const [simdescent, { describeGraph }, { watchers }] = await Promise.all(
  ['/src/index.ts', '/src/graph/describe.ts', '/src/graph/lower.ts'].map((file) => server.ssrLoadModule(file)),
);
const { files, input, layers, loadModel, model, sequential } = simdescent;

/** Models by name. */
const models = {
  /** The article's: 784-300-100-10. */
  mlp() {
    const made = sequential([
      layers.flatten({ inputShape: [28, 28] }),
      layers.dense({ units: 300, activation: 'relu' }),
      layers.dense({ units: 100, activation: 'relu' }),
      layers.dense({ units: 10, activation: 'softmax' }),
    ]);
    made.compile({ optimizer: 'nadam', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
    return made;
  },
  /** Keras' first example of convolutions. */
  cnn() {
    const made = sequential([
      layers.conv2d({ filters: 32, kernelSize: 3, activation: 'relu', inputShape: [28, 28, 1] }),
      layers.maxPooling2d(),
      layers.conv2d({ filters: 64, kernelSize: 3, activation: 'relu' }),
      layers.maxPooling2d(),
      layers.flatten(),
      layers.dropout({ rate: 0.5 }),
      layers.dense({ units: 10, activation: 'softmax' }),
    ]);
    made.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
    return made;
  },
  /** One layer called on two inputs, two losses. */
  shared() {
    const [a, b] = [input({ shape: [8], name: 'a' }), input({ shape: [8], name: 'b' })];
    const shared = layers.dense({ units: 4, activation: 'relu', name: 'shared' });
    const left = layers.dense({ units: 2, name: 'left' }).apply(shared.apply(a));
    const right = layers.dense({ units: 3, activation: 'softmax', name: 'right' }).apply(shared.apply(b));
    const made = model({ inputs: [a, b], outputs: { left, right } });
    made.compile({ optimizer: 'adam', loss: { left: 'mse', right: 'categoricalCrossentropy' } });
    return made;
  },
};

const drawn = Object.hasOwn(models, which) ? models[which]() : await loadModel(await files.read(which));
const names = new Map();
for (const [list, suffix] of [
  [drawn.weights, ''],
  [drawn.optimizer ? drawn.gradients : [], ' gradient'],
])
  for (const { name, tensor } of list) names.set(tensor.data.byteOffset, name + suffix);

/** Samples of zeros for inputs or outputs of these shapes. */
const zeros = (shape) => ({ data: new Float32Array(32 * shape.reduce((a, b) => a * b, 1)), shape: [32, ...shape] });
const { inputs, outputs } = drawn.ports();
const x = inputs.map(zeros);
const y = outputs.map(({ shape, sparse }) => zeros(sparse ? shape.slice(0, -1) : shape));
const one = (list) => (list.length === 1 ? list[0] : list);
const print = (title) => (graph) => console.log(`${title}: ${describeGraph(graph, names)}\n`);
const record = (title, call) => {
  const watch = print(title);
  watchers.add(watch);
  call();
  watchers.delete(watch);
};
if (drawn.optimizer) record('a training step', () => drawn.trainOnBatch(one(x), one(y)));
record('a prediction', () => drawn.predictOnBatch(one(x)));
await server.close();
