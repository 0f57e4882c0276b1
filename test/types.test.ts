/**
 * What the compiler must know of the public API, in the declarations that are published. The lines marked `@ts-expect-error` are the
 * tests: `tsc --noEmit`, which `npm run check` runs, fails where one of them compiles. Nothing here is called.
 */
import { expect, expectTypeOf, test } from 'vitest';
import {
  type AccuracyName,
  type ActivationName,
  type CompiledName,
  createRuntime,
  type History,
  type InitializerName,
  type LossName,
  layers,
  losses,
  type Metric,
  type Optimizer,
  type OptimizerName,
  ops,
  optimizerNames,
  optimizers,
  type Reduction,
  type RegularizerName,
  regularizers,
  sequential,
  type Tensor,
  tensor,
} from '../dist/index.js';
import type { RULES } from '../src/optimizers/facts/index.ts';
import { OPTIMIZER_NAMES } from '../src/optimizers/facts/words.ts';

test('names are unions of string literals, so that editors complete them', () => {
  expectTypeOf<OptimizerName>().toEqualTypeOf<keyof typeof RULES>();
  expectTypeOf<'sgd' | 'nadam'>().toExtend<CompiledName>();
  expectTypeOf<CompiledName>().toExtend<OptimizerName>();
  expectTypeOf<'lion'>().not.toExtend<CompiledName>();
  expectTypeOf<ActivationName>().toEqualTypeOf<
    | 'linear'
    | 'relu'
    | 'leakyRelu'
    | 'elu'
    | 'selu'
    | 'gelu'
    | 'geluTanh'
    | 'sigmoid'
    | 'hardSigmoid'
    | 'tanh'
    | 'softplus'
    | 'softsign'
    | 'silu'
    | 'swish'
    | 'softmax'
    | 'relu6'
    | 'hardSilu'
    | 'hardSwish'
    | 'hardTanh'
  >();
  expectTypeOf<LossName>().toEqualTypeOf<
    | 'sparseCategoricalCrossentropy'
    | 'categoricalCrossentropy'
    | 'binaryCrossentropy'
    | 'bce'
    | 'meanSquaredError'
    | 'mse'
    | 'meanAbsoluteError'
    | 'mae'
    | 'huber'
    | 'crossentropy'
    | 'ce'
  >();
  expectTypeOf<AccuracyName>().toEqualTypeOf<
    'accuracy' | 'acc' | 'sparseCategoricalAccuracy' | 'categoricalAccuracy' | 'binaryAccuracy'
  >();
  expectTypeOf<Extract<Metric, string>>().toEqualTypeOf<AccuracyName | LossName>();
  expectTypeOf<Reduction>().toEqualTypeOf<'sumOverBatchSize' | 'mean' | 'sum' | 'meanWithSampleWeight' | 'none'>();
  expectTypeOf<RegularizerName>().toEqualTypeOf<'l1' | 'l2' | 'l1l2'>();
  expectTypeOf<
    'glorotUniform' | 'heNormal' | 'zeros' | 'zero' | 'one' | 'normal' | 'uniform'
  >().toExtend<InitializerName>();
  expectTypeOf<string>().not.toExtend<InitializerName>();
  expect(optimizerNames).toEqual(OPTIMIZER_NAMES);
});

/** Compiled, never run. */
export async function wrong(): Promise<void> {
  // @ts-expect-error a misspelt activation
  layers.dense({ units: 1, activation: 'rellu' });
  // @ts-expect-error units are missing
  layers.dense({ activation: 'relu' });
  // @ts-expect-error units are a number
  layers.dense({ units: '10' });
  // @ts-expect-error Keras' snake case
  layers.dense({ units: 1, use_bias: false });
  // @ts-expect-error an unknown initializer
  layers.dense({ units: 1, kernelInitializer: 'glorot_uniform' });
  // @ts-expect-error an unknown regularizer
  layers.dense({ units: 1, kernelRegularizer: 'l3' });
  // @ts-expect-error rate is missing
  layers.dropout({});
  // @ts-expect-error flatten has no units
  layers.flatten({ units: 3 });
  // @ts-expect-error a shape is a list
  layers.reshape({ targetShape: 784 });
  // @ts-expect-error the activation is missing
  layers.activation({});
  // @ts-expect-error options have another name
  regularizers.l1l2({ L1: 0.1 });

  const model = sequential([layers.dense({ units: 1, inputShape: [1] })], { seed: 1 });
  // @ts-expect-error seeds are numbers
  sequential([], { seed: 'a' });
  // @ts-expect-error layers are made by layers.*
  sequential([{ kind: 'dense' }]);
  // @ts-expect-error the loss is missing
  model.compile({ optimizer: 'adam' });
  // @ts-expect-error an unknown loss
  model.compile({ loss: 'crossentropies' });
  // @ts-expect-error an unknown optimizer
  model.compile({ loss: 'mse', optimizer: 'adamm' });
  // @ts-expect-error an unknown metric
  model.compile({ loss: 'mse', metrics: ['acuracy'] });
  // @ts-expect-error metrics are a list
  model.compile({ loss: 'mse', metrics: 'mae' });
  // @ts-expect-error an unknown option
  await model.fit([[1]], [[1]], { epoch: 3 });
  // @ts-expect-error BigInts are no numbers
  await model.fit({ data: new BigInt64Array(1), shape: [1, 1] }, [[1]]);
  // @ts-expect-error texts are no numbers
  await model.predict([['1', '2']]);
  // @ts-expect-error predict has no weights
  await model.predict([[1]], { sampleWeight: [1] });
  // @ts-expect-error progress has no end
  await model.fit([[1]], [[1]], { callbacks: [{ onProgress: (progress) => progress.end }] });
  // @ts-expect-error weights are set with setWeights
  model.weights = [];

  // @ts-expect-error camelCase
  optimizers.adam({ learning_rate: 0.1 });
  // @ts-expect-error sgd has no betas
  optimizers.sgd({ beta1: 0.9 });
  // @ts-expect-error nesterov is nesterov already
  optimizers.nesterov({ nesterov: true });
  // @ts-expect-error not a placement that rmsprop has
  optimizers.rmsprop({ epsilonMode: 'paper' });
  // @ts-expect-error made by optimizers.*, not by new
  new optimizers.Optimizer();
  // @ts-expect-error huber has no logits
  losses.huber({ fromLogits: true });
  // @ts-expect-error an unknown reduction
  losses.meanSquaredError({ reduction: 'average' });
  // @ts-expect-error no smoothing of labels that are integers
  losses.sparseCategoricalCrossentropy({ labelSmoothing: 0.1 });

  const bytes = tensor([2], [1, 2], { dtype: 'uint8' });
  // @ts-expect-error an unknown dtype
  tensor([2], [1, 2], { dtype: 'float64' });
  // @ts-expect-error shapes are not written to
  bytes.shape[0] = 3;
  // @ts-expect-error operations take float32
  ops.exp(bytes);
  // @ts-expect-error only relu and linear are built in
  ops.matmul(tensor([1, 1]), tensor([1, 1]), { activation: 'tanh' });
  // @ts-expect-error threads are a number or auto
  createRuntime({ threads: 'many' });
}

/** Compiled, never run: what must keep its type. */
export async function right(): Promise<void> {
  const model = sequential([layers.dense({ units: 1, activation: { name: 'elu', alpha: 0.5 }, inputShape: [1] })]);
  model.compile({ loss: losses.huber(), optimizer: 'nadam', metrics: ['mae', losses.meanSquaredError()] });
  expectTypeOf(model.fit([[1]], [[1]])).resolves.toEqualTypeOf<History>();
  expectTypeOf(model.digest()).resolves.toBeString();
  expectTypeOf(model.optimizer).toEqualTypeOf<Optimizer | undefined>();
  expectTypeOf(tensor([1])).toEqualTypeOf<Tensor<'float32'>>();
  expectTypeOf(tensor([1]).data).toEqualTypeOf<Float32Array>();
  expectTypeOf(tensor([1], [1], { dtype: 'int32' }).data).toEqualTypeOf<Int32Array>();
  expectTypeOf(optimizers.adam().learningRate).toBeNumber();
  const readonlyData = { data: new Uint8Array(1), shape: [1, 1], divisor: 255 } as const;
  await model.fit(readonlyData, readonlyData, { validationData: [readonlyData, readonlyData], callbacks: [] });
}
