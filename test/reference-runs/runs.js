// @ts-check
/**
 * The reference runs: what must come out the same, to the last bit, in every engine, on every processor, with any number of threads.
 * Plain JavaScript over the public API that imports nothing, so that Node, Bun, Deno, a page and a worker run this very file.
 *
 * @typedef {typeof import('../../src/index.ts')} Simdescent
 * @typedef {import('../../src/index.ts').Runtime} Runtime
 * @typedef {import('../../src/index.ts').OptimizerName} OptimizerName
 * @typedef {import('../../src/index.ts').OptimizerOptions} OptimizerOptions
 * @typedef {import('../../src/index.ts').DenseOptions} DenseOptions
 * @typedef {{ images: Uint8Array, labels: Uint8Array }} Data the first images and labels of Fashion-MNIST's training set
 * @typedef {{ digest: string, loss: string[] }} Result loss: of each epoch, its float64 as 16 hex digits
 *
 * @typedef {object} Run
 * @property {string} name
 * @property {OptimizerName} optimizer
 * @property {OptimizerOptions & Record<string, unknown>} [options] of the optimizer
 * @property {Partial<DenseOptions>} [hidden] options of the two hidden layers, which are relu
 * @property {number} [dropout] rate after each hidden layer
 * @property {number} [rows] images, of the first ones; default 1280: 40 steps in an epoch
 * @property {keyof typeof networks} [network] another one than 784-300-100-10
 * @property {(optimizers: Simdescent['optimizers']) => import('../../src/index.ts').Optimizer} [make] instead of `optimizer` and `options`: one around others
 * @property {number} [batchSize] default 32
 * @property {boolean} [binary] sigmoid and binary cross-entropy against one-hot targets, images as floats, weighted classes
 */

/** Images that a run needs at most. */
export const ROWS = 1280;
const EPOCHS = 5;
const BATCH = 32;
/** Images of a run of the network `small`: 10 steps in an epoch. */
const FEW = 320;

/**
 * Steps of a run: 200, of a small one 50.
 *
 * @param {Run} run
 */
export const stepsOf = ({ rows = ROWS, batchSize = BATCH }) => EPOCHS * Math.ceil(rows / batchSize);

/**
 * A short run, for the optimizers that have no other.
 *
 * @param {OptimizerName} optimizer
 * @param {Run['options']} [options]
 * @returns {Run}
 */
const small = (optimizer, options) => ({
  name: optimizer,
  optimizer,
  network: 'small',
  rows: FEW,
  ...(options && { options }),
});

/** @type {readonly Run[]} */
export const runs = [
  { name: 'sgd', optimizer: 'sgd' },
  { name: 'momentum', optimizer: 'momentum' },
  { name: 'nesterov', optimizer: 'nesterov' },
  { name: 'adagrad', optimizer: 'adagrad' },
  { name: 'rmsprop', optimizer: 'rmsprop' },
  { name: 'adam', optimizer: 'adam' },
  { name: 'nadam', optimizer: 'nadam' },
  // of the full core
  { name: 'lion', optimizer: 'lion', options: { learningRate: 3e-4, weightDecay: 0.1 } },
  { name: 'adan', optimizer: 'adan' },
  { name: 'schedule-free', optimizer: 'scheduleFreeAdamW', options: { warmupSteps: 20 } },
  { name: 'dropout-l2', optimizer: 'adam', dropout: 0.3, hidden: { kernelRegularizer: { l1: 0, l2: 1e-4 } } },
  { name: 'clipping-weight-decay', optimizer: 'adamw', options: { weightDecay: 0.01, globalClipnorm: 0.5 } },
  { name: 'gelu-momentum', optimizer: 'momentum', hidden: { activation: 'gelu' } },
  // 39 batches of 32 and one of 22
  { name: 'ragged', optimizer: 'nadam', rows: 1270 },
  {
    name: 'tanh-amsgrad',
    optimizer: 'adam',
    options: { amsgrad: true, clipvalue: 0.01 },
    hidden: { activation: 'tanh' },
  },
  {
    name: 'binary-centered',
    optimizer: 'rmsprop',
    options: { centered: true, momentum: 0.9 },
    binary: true,
    hidden: { activation: 'silu', kernelInitializer: 'heNormal' },
  },
  { name: 'convnet', optimizer: 'adam', network: 'convnet', rows: 1270 },
  { name: 'separable', optimizer: 'nadam', network: 'separable', options: { learningRate: 0.004 } },
  small('ftrl', { learningRate: 0.1, l1RegularizationStrength: 1e-3 }),
  small('adadelta', { learningRate: 1 }),
  small('adamax'),
  small('yogi', { learningRate: 0.01 }),
  small('signSgd', { learningRate: 1e-4 }),
  small('radam'),
  small('adabelief'),
  small('scheduleFreeSgd'),
  small('lamb', { weightDecay: 0.01 }),
  small('lars', { learningRate: 1 }),
  small('novograd', { learningRate: 0.01 }),
  small('adafactor', { learningRate: 0.01 }),
  small('muon'),
  small('ademamix'),
  small('rprop', { learningRate: 0.001 }),
  small('asgd', { learningRate: 0.1, t0: 20 }),
  small('adabound', { amsgrad: true }),
  small('sophia'),
  small('dAdaptAdam', { d0: 1e-4 }),
  small('prodigy', { d0: 1e-4, useBiasCorrection: true, weightDecay: 0.01 }),
  small('soap'),
  { ...small('lbfgs'), batchSize: FEW },
  {
    ...small('adamw'),
    name: 'multiOptimizer',
    make: ({ adamw, momentum, multiOptimizer, muon }) =>
      multiOptimizer({
        defaultOptimizer: adamw({ globalClipnorm: 1 }),
        optimizerMap: { 'dense/kernel': muon({ learningRate: 0.01 }), '*bias': momentum() },
      }),
  },
  {
    ...small('adam'),
    name: 'lookahead',
    make: ({ adam, lookahead }) => lookahead({ optimizer: adam({ learningRate: 0.003 }), syncPeriod: 4 }),
  },
  {
    ...small('momentum'),
    name: 'sam',
    make: ({ momentum, sam }) => sam({ optimizer: momentum(), rho: 0.1 }),
  },
];

/**
 * Each network, kind of loss and kind of step once: where all runs have been performed on one thread, these show that an engine's threads give the
 * same. The others differ from them in the arithmetic of an update alone, which does not know how many threads there are.
 */
export const few = runs.filter(
  ({ name, network }) => network !== undefined || /^(adam|dropout|clip|ragged|binary)/.test(name),
);

/** Networks of the full core; the convolutional ones augment their images. */
const networks = {
  /** @param {Simdescent['layers']} layers */
  small: (layers) => [layers.flatten(), layers.dense({ units: 16, activation: 'relu' })],
  /** @param {Simdescent['layers']} layers */
  convnet: (layers) => [
    layers.randomFlip({ mode: 'horizontal' }),
    layers.randomTranslation({ heightFactor: 0.1, widthFactor: 0.1, fillMode: 'constant' }),
    layers.randomRotation({ factor: 0.03 }),
    layers.conv2d({ filters: 8, kernelSize: 3, useBias: false }),
    layers.batchNormalization({ momentum: 0.9 }),
    layers.reLU(),
    layers.maxPooling2d(),
    layers.conv2d({ filters: 16, kernelSize: 3, activation: 'relu' }),
    layers.maxPooling2d(),
    layers.flatten(),
    layers.dropout({ rate: 0.3 }),
  ],
  /** @param {Simdescent['layers']} layers */
  separable: (layers) => [
    layers.randomCrop({ height: 26, width: 26 }),
    layers.randomZoom({ heightFactor: [-0.1, 0.2], fillMode: 'nearest' }),
    layers.randomContrast({ factor: 0.3, valueRange: [0, 1] }),
    layers.conv2d({ filters: 8, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' }),
    layers.depthwiseConv2d({ kernelSize: 3, padding: 'same', useBias: false }),
    layers.batchNormalization({ momentum: 0.9 }),
    layers.conv2d({ filters: 16, kernelSize: 1, activation: 'relu' }),
    layers.separableConv2d({ filters: 24, kernelSize: 3, strides: 2, depthMultiplier: 2, activation: 'silu' }),
    layers.spatialDropout2d({ rate: 0.1 }),
    layers.globalAveragePooling2d(),
  ],
};

/**
 * 784-300-100-10 or another network with seed 42, ready to be trained.
 *
 * @param {Simdescent} simdescent
 * @param {Run} run
 * @param {Runtime} runtime
 */
export function modelOf({ layers, optimizers, sequential }, run, runtime) {
  /** @param {number} units */
  const hidden = (units) => [
    layers.dense({ units, activation: 'relu', ...run.hidden }),
    ...(run.dropout === undefined ? [] : [layers.dropout({ rate: run.dropout })]),
  ];
  const body =
    run.network === undefined
      ? [layers.flatten({ inputShape: [28, 28] }), ...hidden(300), ...hidden(100)]
      : [layers.reshape({ targetShape: [28, 28, 1], inputShape: [28, 28] }), ...networks[run.network](layers)];
  const output = layers.dense({ units: 10, activation: run.binary ? 'sigmoid' : 'softmax' });
  const model = sequential([...body, output], { seed: 42, runtime });
  model.compile({
    optimizer: run.make?.(optimizers) ?? optimizers[run.optimizer](run.options),
    loss: run.binary ? 'binaryCrossentropy' : 'sparseCategoricalCrossentropy',
  });
  return model;
}

/**
 * @param {Run} run
 * @param {Data} data
 */
export function dataOf(run, { images, labels }) {
  const rows = run.rows ?? ROWS;
  const bytes = images.subarray(0, rows * 784);
  const classes = labels.subarray(0, rows);
  const shape = [rows, 28, 28];
  if (!run.binary) return { x: { data: bytes, shape, divisor: 255 }, y: { data: classes, shape: [rows] } };
  const x = { data: Float32Array.from(bytes, (byte) => byte / 256), shape };
  const y = {
    data: Float32Array.from({ length: rows * 10 }, (_, i) => Number(classes[Math.floor(i / 10)] === i % 10)),
    shape: [rows, 10],
  };
  return { x, y, sampleWeight: { data: Float32Array.from(classes, (label) => (label + 1) / 8), shape: [rows] } };
}

/**
 * The bytes of `images`, then those of `labels`, which is how they get to another process or a page.
 *
 * @param {Data} data
 */
export function pack({ images, labels }) {
  const bytes = new Uint8Array(ROWS * 785);
  bytes.set(images.subarray(0, ROWS * 784));
  bytes.set(labels.subarray(0, ROWS), ROWS * 784);
  return bytes;
}

/**
 * @param {Uint8Array} bytes
 * @returns {Data}
 */
export const unpack = (bytes) => ({ images: bytes.subarray(0, ROWS * 784), labels: bytes.subarray(ROWS * 784) });

/** @param {number} value */
function hexOfFloat64(value) {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return view.getBigUint64(0).toString(16).padStart(16, '0');
}

/**
 * Performs one run.
 *
 * @param {Simdescent} simdescent
 * @param {Run} run
 * @param {Data} data
 * @param {Runtime} runtime
 * @returns {Promise<Result>}
 */
export async function perform(simdescent, run, data, runtime) {
  const model = modelOf(simdescent, run, runtime);
  const { x, y, ...weights } = dataOf(run, data);
  const { history } = await model.fit(x, y, { epochs: EPOCHS, batchSize: run.batchSize ?? BATCH, ...weights });
  if (model.optimizer?.iterations !== stepsOf(run))
    throw new Error(`${run.name}: ${model.optimizer?.iterations} steps`);
  const result = { digest: await model.digest(), loss: (history.loss ?? []).map(hexOfFloat64) };
  model.dispose();
  return result;
}

/**
 * A runtime of so many threads, all of them ready: workers start with the first model that is worth it, and take their time.
 *
 * @param {Simdescent} simdescent
 * @param {number} threads
 */
async function runtimeOf(simdescent, threads) {
  const runtime = simdescent.createRuntime({ threads });
  const end = Date.now() + 60_000;
  while (runtime.workers < threads - 1) {
    if (runtime.threads < threads || Date.now() > end) throw new Error(`${runtime.workers} of ${threads - 1} workers`);
    const model = modelOf(simdescent, { name: 'first', optimizer: 'sgd' }, runtime);
    await model.predict({ data: new Uint8Array(BATCH * 784), shape: [BATCH, 28, 28], divisor: 255 });
    model.dispose();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return runtime;
}

/**
 * Performs all runs, or those that are named, one after the other.
 *
 * @param {Simdescent} simdescent
 * @param {Data} data
 * @param {number} [threads]
 * @param {readonly Run[]} [some]
 * @returns {Promise<Record<string, Result>>} by the runs' names
 */
export async function performAll(simdescent, data, threads = 1, some = runs) {
  const runtime = await runtimeOf(simdescent, threads);
  try {
    /** @type {Record<string, Result>} */
    const results = {};
    for (const run of some) results[run.name] = await perform(simdescent, run, data, runtime);
    if (runtime.workers !== threads - 1) throw new Error(`${runtime.workers} of ${threads - 1} workers at the end`);
    return results;
  } finally {
    runtime.dispose();
  }
}
