// A CSV file, from its rows to a model that names species, and back from the model's file: node examples/csv-iris.js
import { layers, loadModel, optimizers, sequential } from 'simdescent';
import {
  argMax,
  csv,
  keepPreprocessing,
  labelEncode,
  preprocessingOf,
  standardize,
  trainTestSplit,
} from 'simdescent/data';

// Fisher's measurements of 150 flowers, 50 of each species
const table = await csv(new URL('iris.csv', import.meta.url));
console.log(String(table));

const kinds = table.texts('species');
const species = labelEncode(kinds);
const x = table.matrix(['sepal_length', 'sepal_width', 'petal_length', 'petal_width']);
const { train, test } = trainTestSplit({ x, y: species.apply(kinds) }, { testSize: 0.2, stratify: kinds, seed: 1 });

// means and deviations of the flowers to train with, for all
const scaler = standardize(train.x);
const model = sequential(
  [layers.dense({ units: 16, activation: 'relu', inputShape: [4] }), layers.dense({ units: 3, activation: 'softmax' })],
  { seed: 1 },
);
model.compile({
  optimizer: optimizers.adam({ learningRate: 0.01 }),
  loss: 'sparseCategoricalCrossentropy',
  metrics: ['accuracy'],
});
await model.fit(scaler.apply(train.x), train.y, { epochs: 100, batchSize: 16 });
const { accuracy } = await model.evaluate(scaler.apply(test.x), test.y);
console.log(`test accuracy ${accuracy.toFixed(3)}, digest ${await model.digest()}`);

// the bytes of the model’s file have all that is needed to use it, wherever they are kept
keepPreprocessing(model, { scaler, species });
const file = await model.save();

const loaded = await loadModel(file);
const kept = preprocessingOf(loaded);
const flower = [[5.9, 3.0, 5.1, 1.8]];
const [name] = kept.species.inverse(argMax(await loaded.predict(kept.scaler.apply(flower))));
console.log(`a flower of ${flower.join(' x ')} cm: ${name}`);
