/** Data and options that `fit`, `evaluate` and `predict` cannot use: an Error that names them, before anything runs, with nothing changed. */
import { afterAll, describe, expect, test } from 'vitest';
import { type FitOptions, layers, sequential, tensor } from '../src/index.ts';
import { classifier, errorOf, floats, guarded, labels } from './helpers.ts';

const { model, runtime, x, y, refused, stillWorks } = await guarded();
afterAll(stillWorks);

const fit = (options: object) => () => model.fit(x, y, options as FitOptions);
const withLabel = (at: number, label: number) => Array.from(y.data, (value, i) => (i === at ? label : value));
const at = Math.floor(12 * 0.75);

describe('data of fit and evaluate', () => {
  const expected = 'dense: expected input [.., 4], got [.., 5]';
  const endless: unknown[] = [];
  endless.push(endless);
  const empty = { data: new Float32Array(0), shape: [0, 4] };
  const bad: Record<string, readonly [unknown, unknown, new (...args: never[]) => Error, string | RegExp]> = {
    'samples of another shape': [floats([12, 5], 1), y, RangeError, expected],
    'samples of another rank': [floats([12, 2, 2], 1), y, RangeError, 'dense: expected input [.., 4], got [.., 2, 2]'],
    'no samples axis': [floats([], 1), y, RangeError, /^dense: expected input \[\.\., 4\]/],
    'more targets than samples': [x, labels(13, 3, 2), RangeError, 'x has 12 samples, y has 13: [12, 4] and [13]'],
    'fewer targets than samples': [x, labels(7, 3, 2), RangeError, 'x has 12 samples, y has 7: [12, 4] and [7]'],
    'no samples': [empty, [], RangeError, /^x is empty: \[0, 4\]/],
    'an empty list': [[], [], RangeError, /^x is empty: \[0\]/],
    'an empty sample': [[[]], [0], RangeError, /^x is empty: \[1, 0\]/],
    'one sample alone': [[1, 2, 3, 4], [0], RangeError, /expected input \[\.\., 4\], got one sample \[4\].*\[x\]/],
    'a number alone': [5, y, RangeError, /expected input \[\.\., 4\], got \[\]/],
    'a label beyond the classes': [
      x,
      withLabel(7, 3),
      RangeError,
      'y[7] is 3, but labels must be integers from 0 to 2',
    ],
    'a label below 0': [x, withLabel(2, -1), RangeError, 'y[2] is -1, but labels must be integers from 0 to 2'],
    'a label that is no integer': [
      x,
      withLabel(0, 0.5),
      RangeError,
      'y[0] is 0.5, but labels must be integers from 0 to 2',
    ],
    'a NaN label': [x, withLabel(11, Number.NaN), RangeError, 'y[11] is NaN, but labels must be integers from 0 to 2'],
    'one-hot targets for a sparse loss': [
      x,
      floats([12, 3], 1),
      RangeError,
      /expected y of shape \[12\], got \[12, 3\]; for one-hot targets use categoricalCrossentropy/,
    ],
    'targets of a wrong shape': [
      x,
      floats([12, 2], 1),
      RangeError,
      'sparseCategoricalCrossentropy: expected y of shape [12], got [12, 2]',
    ],
    'a promise of samples': [Promise.resolve(x), y, TypeError, /, got a Promise: await it/],
    BigInts: [
      { data: new BigInt64Array(48), shape: [12, 4] },
      y,
      TypeError,
      /^x\.data must hold numbers, got BigInt64Array/,
    ],
    'a BigInt': [[[1, 2, 3, 4n]], [0], TypeError, 'x[0][3] must be a number, got 4n'],
    'a label that only a double can hold': [x, withLabel(3, 1e300), RangeError, /^y\[3\] is 1e\+300, but labels/],
    'a label that float32 would round': [x, withLabel(3, 16777217), RangeError, /^y\[3\] is 16777217, but labels/],
    'a view of no numbers': [
      { data: new DataView(new ArrayBuffer(8)), shape: [1, 2] },
      y,
      TypeError,
      /^x\.data must be .* got DataView/,
    ],
    'data that is no list': [{ data: 'abcd', shape: [1, 4] }, y, TypeError, /^x\.data must be .* got 'abcd'/],
    'a shape that its data do not fill': [
      { data: new Float32Array(40), shape: [12, 4] },
      y,
      RangeError,
      'x: shape [12, 4] has 48 elements, data has 40',
    ],
    'a shape that is none': [
      { data: new Float32Array(48), shape: '12,4' },
      y,
      TypeError,
      "x.shape must be an array of sizes, got '12,4'",
    ],
    'no shape': [{ data: new Float32Array(48) }, y, TypeError, 'x.shape must be an array of sizes, got undefined'],
    'a typed array alone': [
      x.data,
      y,
      RangeError,
      /expected input \[\.\., 4\], got a flat list of 48 numbers.*\{ data: x, shape: \[12, 4\] \}/,
    ],
    nothing: [undefined, y, TypeError, /^x must be a tensor.* got undefined/],
    'no targets': [x, undefined, TypeError, /needs targets/],
    'ragged arrays': [
      [
        [1, 2, 3, 4],
        [1, 2],
      ],
      [0, 1],
      RangeError,
      'x is ragged: expected 4 elements on axis 1, found 2',
    ],
    'arrays that claim more than there is': [
      [new Array(1e5).fill(new Array(1e5).fill(0)), [0]].slice(0, 2),
      [0, 1],
      RangeError,
      'x is ragged: expected 100000 elements on axis 1, found 1',
    ],
    'an array within itself': [endless, y, RangeError, 'x is nested more than 32 deep'],
    'numbers where rows should be': [
      [[1, 2, 3, 4], 5],
      [0, 1],
      RangeError,
      'x is ragged: expected 4 elements on axis 1, found 5',
    ],
    'strings in arrays': [[[1, 2, 3, 'a']], [0], TypeError, "x[0][3] must be a number, got 'a'"],
    'a divisor of 0': [{ ...x, divisor: 0 }, y, RangeError, 'x.divisor must be a positive number, got 0'],
    'a divisor that rounds to 0': [
      { ...x, divisor: 1e-300 },
      y,
      RangeError,
      'x.divisor must be a positive number, got 1e-300',
    ],
    'a NaN divisor': [{ ...x, divisor: Number.NaN }, y, RangeError, 'x.divisor must be a positive number, got NaN'],
  };
  test.each(Object.keys(bad))('%s', async (name) => {
    const [inputs, targets, kind, want] = bad[name] as (typeof bad)[string];
    await refused(() => model.fit(inputs as typeof x, targets as typeof y), kind, want);
    await refused(() => model.evaluate(inputs as typeof x, targets as typeof y), kind, want);
    if (targets === y) await refused(() => model.predict(inputs as typeof x), kind, want);
  });

  test('of validation is named as such', async () => {
    const validation = (vx: unknown, vy: unknown, w?: unknown) => fit({ validationData: w ? [vx, vy, w] : [vx, vy] });
    await refused(validation(floats([5, 5], 1), labels(5, 3, 1)), RangeError, expected);
    await refused(
      validation(floats([5, 4], 1), labels(6, 3, 1)),
      RangeError,
      /^validation x has 5 samples, validation y has 6/,
    );
    await refused(validation(x, withLabel(4, 9)), RangeError, /^validation y\[4\] is 9, but labels/);
    await refused(validation(empty, []), RangeError, /^validation x is empty: \[0, 4\]/);
    await refused(validation(x, y, [1, 2]), RangeError, /sampleWeight must hold 12 weights, got \[2\]/);
  });

  test('of a wrong length is counted before it is split', async () => {
    const want = 'x has 12 samples, y has 13: [12, 4] and [13]';
    await refused(() => model.fit(x, labels(13, 3, 2), { validationSplit: 0.25 }), RangeError, want);
    await refused(
      () => model.fit(x, withLabel(at + 1, 5), { validationSplit: 0.25 }),
      RangeError,
      /^validation y\[1\] is 5/,
    );
  });

  test('of a tensor that has gone, or that lives elsewhere', async () => {
    const gone = tensor([12, 4]);
    gone.dispose();
    await refused(() => model.fit(gone, y), Error, 'the tensor [12, 4] has been disposed of');
    using elsewhere = tensor([12, 4], x.data);
    expect((await model.predict(elsewhere)).data).toEqual((await model.predict(x)).data);
  });

  test('targets of the shape of the output are asked for by the other losses', async () => {
    using other = classifier({ runtime });
    other.compile({ loss: 'categoricalCrossentropy' });
    const error = await errorOf(() => other.fit(x, y));
    expect(error.message).toBe(
      'categoricalCrossentropy: expected y of shape [12, 3], got [12]; for integer labels use sparseCategoricalCrossentropy',
    );
  });

  test('a model not yet built stays so', async () => {
    using late = sequential([layers.dense({ units: 3, activation: 'softmax' })], { runtime });
    const before = runtime.memory.used;
    late.compile({ loss: 'sparseCategoricalCrossentropy' });
    const runs = [
      () => late.fit(floats([12, 9], 1), labels(11, 3, 1)),
      () => late.evaluate(floats([12, 9], 1), withLabel(3, 3)),
      () => late.predict({ data: new Float32Array(0), shape: [0, 9] }),
      () => late.fit([], []),
    ];
    for (const run of runs) {
      await errorOf(run);
      expect(runtime.memory.used).toBe(before);
      expect((await errorOf(() => late.weights)).message).toMatch(/has not been built/);
    }
    expect((await late.predict(x)).shape).toEqual([12, 3]);
  });
});

class Misspelt {
  onEpochend() {}
}

describe('options of fit', () => {
  const weights = new Array(12).fill(1);
  test.each([
    [{ batchSize: 0 }, RangeError, 'batchSize must be an integer at least 1, got 0'],
    [{ batchSize: -1 }, RangeError, 'batchSize must be an integer at least 1, got -1'],
    [{ batchSize: 2.5 }, RangeError, 'batchSize must be an integer at least 1, got 2.5'],
    [{ batchSize: Number.NaN }, RangeError, 'batchSize must be an integer at least 1, got NaN'],
    [{ batchSize: '32' }, TypeError, "batchSize must be an integer, got '32'"],
    [{ validationBatchSize: 0 }, RangeError, 'validationBatchSize must be an integer at least 1, got 0'],
    [{ epochs: -1 }, RangeError, 'epochs must be an integer at least 0, got -1'],
    [{ epochs: Number.POSITIVE_INFINITY }, RangeError, 'epochs must be an integer at least 0, got Infinity'],
    [{ initialEpoch: -1 }, RangeError, 'initialEpoch must be an integer at least 0, got -1'],
    [{ shuffle: 'yes' }, TypeError, "shuffle must be true or false, got 'yes'"],
    [{ validationSplit: 1 }, RangeError, 'validationSplit 1 of 12 samples leaves one side empty'],
    [{ validationSplit: 0.99 }, RangeError, 'validationSplit 0.99 of 12 samples leaves one side empty'],
    [{ validationSplit: -0.1 }, RangeError, 'validationSplit must be a finite number from 0 to 1, got -0.1'],
    [{ validationSplit: Number.NaN }, RangeError, 'validationSplit must be a finite number from 0 to 1, got NaN'],
    [{ validationData: [x] }, TypeError, /^validationData must be \[x, y\], \[x, y, sampleWeight\]/],
    [{ validationData: { x, y } }, TypeError, /^validationData must be \[x, y\], \[x, y, sampleWeight\]/],
    [
      { classWeight: { 0: 1 }, sampleWeight: weights },
      RangeError,
      'classWeight and sampleWeight cannot be given together',
    ],
    [{ classWeight: { 1: -2 } }, RangeError, 'classWeight[1] must be a finite number at least 0, got -2'],
    [{ classWeight: { 1: Number.NaN } }, RangeError, 'classWeight[1] must be a finite number at least 0, got NaN'],
    [{ classWeight: { shirt: 2 } }, RangeError, /a class in classWeight must be an integer at least 0/],
    [{ classWeight: null }, TypeError, 'classWeight must be an object of weights by class, got null'],
    [{ classWeight: new Map([[0, 2]]) }, TypeError, 'classWeight must be an object of weights by class, got Map'],
    [{ sampleWeight: [1, 2] }, RangeError, 'sampleWeight must hold 12 weights, got [2]'],
    [{ sampleWeight: weights.with(6, Number.NaN) }, RangeError, 'sampleWeight[6] must be a finite number, got NaN'],
    [{ callbacks: {} }, TypeError, 'callbacks must be an array, got Object'],
    [{ callbacks: [{}, null] }, TypeError, 'callbacks[1] must be an object, got null'],
    [{ callbacks: [{ onEpochEnd: 1 }] }, TypeError, 'callbacks[0].onEpochEnd must be a function, got 1'],
    [{ callbacks: [{ setModel: 'x' }] }, TypeError, "callbacks[0].setModel must be a function, got 'x'"],
    [
      { callbacks: [{}, { on_epoch_end() {} }] },
      RangeError,
      /^unknown hook of callbacks\[1\] 'on_epoch_end'; did you mean 'onEpochEnd'\?/,
    ],
    [
      { callbacks: [new Misspelt()] },
      RangeError,
      /^unknown hook of callbacks\[0\] 'onEpochend'; did you mean 'onEpochEnd'\?/,
    ],
    // names of TensorFlow.js and of older Keras: the one with the same words, though others are spelt more nearly so
    [{ callbacks: [{ onBatchEnd() {} }] }, RangeError, /'onBatchEnd'; did you mean 'onTrainBatchEnd'\?/],
    [{ callbacks: [{ on_batch_begin() {} }] }, RangeError, /'on_batch_begin'; did you mean 'onTrainBatchBegin'\?/],
    [{ signal: true }, TypeError, 'signal must be an AbortSignal, got true'],
    [{ verbose: 3 }, RangeError, /verbose.* 0 to 2.*3/],
    [{ verbose: true }, TypeError, /verbose.*true/],
    [{ onTrainBatchEnd() {} }, RangeError, /callbacks: \[\{ onTrainBatchEnd \}\]/],
    [{ onEpochEnd: 1 }, TypeError, /onEpochEnd must be a function, got 1/],
    [{ epoch: 3 }, RangeError, /^unknown option of fit 'epoch'; did you mean 'epochs'\?/],
    [{ batch_size: 3 }, RangeError, /^unknown option of fit 'batch_size'; did you mean 'batchSize'\?/],
    [null, TypeError, /^fit: options must be an object like \{ \w+: … \}, got null/],
  ] as const)('%j', async (options, kind, want) => refused(fit(options as object), kind, want));

  test('of evaluate and predict', async () => {
    const evaluate = (options: object) => () => model.evaluate(x, y, options);
    const predict = (options: object) => () => model.predict(x, options);
    await refused(evaluate({ batchSize: 0 }), RangeError, 'batchSize must be an integer at least 1, got 0');
    await refused(predict({ batchSize: 0 }), RangeError, 'batchSize must be an integer at least 1, got 0');
    await refused(evaluate({ signal: 1 }), TypeError, 'signal must be an AbortSignal, got 1');
    await refused(predict({ signal: 1 }), TypeError, 'signal must be an AbortSignal, got 1');
    await refused(evaluate({ sampleWeight: [1] }), RangeError, 'sampleWeight must hold 12 weights, got [1]');
    await refused(predict({ sampleWeight: [1] }), RangeError, /^unknown option of predict 'sampleWeight'/);
  });
});
