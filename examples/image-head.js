// The head of a teachable machine: a large network that somebody else has trained turns pictures into 256 features, and a small one learns from a few
// examples of each class which is which. Only the head is trained here; its file is what the page downloads.
// `node examples/image-head.js`, after `npm run build`.
// @ts-check
import { callbacks, initializers, layers, optimizers, sequential, tensor } from 'simdescent';
import { argMax, confusionMatrix, trainTestSplit } from 'simdescent/data';
import { loadModel } from 'simdescent/predict';
import { confusionText } from 'simdescent/report';

const CLASSES = ['cup', 'pen', 'nothing'];
const [FEATURES, EACH] = [256, 24];

// features as the last layer before the head of such a network gives them, not below 0: a pattern for each class, and what else is in the picture
const normal = initializers.randomNormal({ stddev: 1 });
const pattern = tensor([CLASSES.length, FEATURES], normal, { seed: 1 });
const noise = tensor([CLASSES.length * EACH, FEATURES], normal, { seed: 2 });
const labels = Array.from({ length: CLASSES.length * EACH }, (_, i) => Math.floor(i / EACH));
const x = labels.map((label, i) =>
  Array.from({ length: FEATURES }, (_, k) =>
    Math.max(0, (pattern.data[label * FEATURES + k] ?? 0) + 1.8 * (noise.data[i * FEATURES + k] ?? 0)),
  ),
);
pattern.dispose();
noise.dispose();
const { train, test } = trainTestSplit({ x, y: labels }, { testSize: 0.25, stratify: labels, seed: 3 });

const head = sequential(
  [
    layers.dense({ units: 100, activation: 'relu', kernelInitializer: 'heNormal', inputShape: [FEATURES] }),
    layers.dense({ units: CLASSES.length, activation: 'softmax', useBias: false }),
  ],
  { seed: 4, name: 'head' },
);
head.compile({
  optimizer: optimizers.adam({ learningRate: 0.001 }),
  loss: 'sparseCategoricalCrossentropy',
  metrics: ['accuracy'],
});
const { epoch } = await head.fit(train.x, train.y, {
  epochs: 50,
  batchSize: 16,
  validationData: [test.x, test.y],
  callbacks: [callbacks.earlyStopping({ monitor: 'val_loss', patience: 5, restoreBestWeights: true })],
});
const predicted = await head.predict(test.x);
const chosen = argMax(predicted);
const nameOf = (/** @type {number} */ label) => CLASSES[label] ?? '';
console.log(confusionText(confusionMatrix(test.y.map(nameOf), [...chosen].map(nameOf), { classes: CLASSES })));
const right = chosen.filter((label, i) => label === test.y[i]).length / chosen.length;
console.log(`right ${right.toFixed(3)} of the time after ${epoch.length} epochs`);

// the page loads the file with simdescent/predict, 24 kB of it, and predicts the same bits
head.metadata.set('classes', CLASSES.join());
const file = await head.save({ includeOptimizer: false });
const inPage = await loadModel(file);
const same = (await inPage.predict(test.x)).data.every((value, i) => value === predicted.data[i]);
console.log(
  `${file.length} bytes for ${inPage.metadata.get('classes')}: ${same ? 'the same bits' : 'other bits'} in the page`,
);
console.log(`digest ${await head.digest()}`);
inPage.dispose();
head.dispose();
