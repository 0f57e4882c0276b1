/** What the compiler must refuse of initializers, regularizers, schedules, callbacks and `fit`; see types.test.ts. */
import { expectTypeOf, test } from 'vitest';
import {
  type Callback,
  callbacks,
  type FitOptions,
  files,
  type History,
  type Initializer,
  initializers,
  type Logs,
  layers,
  loadModel,
  losses,
  type Model,
  type MonitorOptions,
  optimizers,
  type Progress,
  type Regularizer,
  regularizers,
  type Schedule,
  type ScheduleName,
  type StepsPlace,
  schedules,
  sequential,
} from '../dist/index.js';

test('what is made has a type of its own', () => {
  expectTypeOf(initializers.heNormal()).toEqualTypeOf<Initializer>();
  expectTypeOf(regularizers.l1l2({ l1: 0.1 })).toEqualTypeOf<Regularizer>();
  expectTypeOf(schedules.cosineDecay({ initialLearningRate: 0.1, decaySteps: 10 })).toEqualTypeOf<Schedule>();
  expectTypeOf<ScheduleName>().toEqualTypeOf<
    | 'exponentialDecay'
    | 'piecewiseConstantDecay'
    | 'polynomialDecay'
    | 'inverseTimeDecay'
    | 'cosineDecay'
    | 'cosineDecayRestarts'
    | 'linear'
    | 'step'
    | 'oneCycle'
    | 'cyclical'
    | 'noam'
    | 'warmup'
    | 'joinSchedules'
  >();
  expectTypeOf<MonitorOptions['mode']>().toEqualTypeOf<'auto' | 'min' | 'max' | undefined>();
  expectTypeOf<Logs>().toEqualTypeOf<Record<string, number> & { loss: number }>();
  expectTypeOf<History['history']>().toEqualTypeOf<Record<string, number[]> & { loss: number[] }>();
});

test('what a callback is told', () => {
  expectTypeOf<NonNullable<Callback['onEpochEnd']>>().parameters.toEqualTypeOf<[epoch: number, logs: Logs]>();
  expectTypeOf<NonNullable<Callback['onProgress']>>().parameters.toEqualTypeOf<[progress: Progress]>();
  expectTypeOf<NonNullable<Callback['onStepsBegin']>>().parameters.toEqualTypeOf<[place: StepsPlace]>();
  expectTypeOf<NonNullable<Callback['setModel']>>().parameters.toEqualTypeOf<[model: Model]>();
  expectTypeOf<Progress['phase']>().toEqualTypeOf<'train' | 'validate'>();
  expectTypeOf<History>().toExtend<Callback>();
  expectTypeOf<ReturnType<typeof sequential>>().toExtend<Model>();
});

/** Compiled, never run. */
export function wrongParts(): void {
  // @ts-expect-error an initializer that has not been made
  layers.dense({ units: 1, kernelInitializer: initializers.heNormal });
  // @ts-expect-error a name is no initializer
  layers.dense({ units: 1, kernelInitializer: { name: 'heNormal' } });
  // @ts-expect-error a regularizer that has not been made
  layers.dense({ units: 1, kernelRegularizer: regularizers.l2 });
  // @ts-expect-error strength is a number
  regularizers.l2('0.1');
  // @ts-expect-error the scale of he is given
  initializers.heNormal({ scale: 2 });
  // @ts-expect-error Keras' spelling is minval
  initializers.randomUniform({ minValue: 0 });
  // @ts-expect-error both are numbers
  initializers.randomNormal({ mean: '0' });

  // @ts-expect-error a schedule says how many steps
  schedules.cosineDecay({ initialLearningRate: 0.1 });
  // @ts-expect-error a polynomial has no rate of decay
  schedules.polynomialDecay({ initialLearningRate: 0.1, decaySteps: 10, decayRate: 0.5 });
  // @ts-expect-error boundaries are a list
  schedules.piecewiseConstantDecay({ boundaries: 10, values: [1, 2] });
  // @ts-expect-error a schedule that has not been made
  optimizers.adam({ learningRate: schedules.cosineDecay });
  // @ts-expect-error a name is no learning rate
  optimizers.adam({ learningRate: 'cosineDecay' });
  // @ts-expect-error momentum has no epsilon
  optimizers.momentum({ epsilon: 1e-7 });
  // @ts-expect-error nadam has no amsgrad
  optimizers.nadam({ amsgrad: true });
  // @ts-expect-error adagrad has no betas
  optimizers.adagrad({ beta2: 0.9 });
  // @ts-expect-error clipnorm is a number
  optimizers.sgd({ clipnorm: true });
  // @ts-expect-error pairs of tensors
  optimizers.sgd().apply([[1, 2]]);
  // @ts-expect-error where the square turns is called delta
  losses.huber({ beta: 2 });
  // @ts-expect-error a mean has no logits
  losses.meanAbsoluteError({ fromLogits: true });
}

/** Compiled, never run. */
export async function wrongTraining(model: Model): Promise<void> {
  // @ts-expect-error a loss that has not been made
  model.compile({ loss: losses.huber });
  // @ts-expect-error an optimizer that has not been made
  model.compile({ loss: 'mse', optimizer: optimizers.adam });
  // @ts-expect-error a metric of one's own
  model.compile({ loss: 'mse', metrics: [(y: number, p: number) => y - p] });
  // @ts-expect-error Keras' snake case
  await model.fit([[1]], [[1]], { batch_size: 3 });
  // @ts-expect-error the targets are missing
  await model.fit([[1]]);
  // @ts-expect-error validation data are x and y
  await model.fit([[1]], [[1]], { validationData: [[1]] });
  // @ts-expect-error a share, not a list
  await model.fit([[1]], [[1]], { validationSplit: [0.1] });
  // @ts-expect-error classes are numbers
  await model.fit([[1]], [[1]], { classWeight: { cat: 2 } });
  // @ts-expect-error a signal, not its controller
  await model.fit([[1]], [[1]], { signal: new AbortController() });
  // @ts-expect-error verbose is 0, 1 or 2
  const options: FitOptions = { verbose: 3 };
  await model.fit([[1]], [[1]], options);

  // @ts-expect-error a misspelt hook
  await model.fit([[1]], [[1]], { callbacks: [{ onEpocEnd() {} }] });
  // @ts-expect-error epochs are numbers
  await model.fit([[1]], [[1]], { callbacks: [{ onEpochEnd: (epoch: string) => console.log(epoch) }] });
  // @ts-expect-error logs are numbers
  await model.fit([[1]], [[1]], { callbacks: [{ onEpochEnd: (_: number, logs: { loss: string }) => logs.loss }] });
  // @ts-expect-error at most so many steps is a number
  await model.fit([[1]], [[1]], { callbacks: [{ onStepsBegin: () => 'all' }] });
  // @ts-expect-error a callback that has not been made
  await model.fit([[1]], [[1]], { callbacks: [callbacks.earlyStopping] });
  // @ts-expect-error callbacks are a list
  await model.fit([[1]], [[1]], { callbacks: callbacks.terminateOnNaN() });
  // @ts-expect-error Keras' snake case
  callbacks.earlyStopping({ restore_best_weights: true });
  // @ts-expect-error an unknown mode
  callbacks.earlyStopping({ monitor: 'val_loss', mode: 'lower' });
  // @ts-expect-error where to is missing
  callbacks.modelCheckpoint();
  // @ts-expect-error how often is a number or 'epoch'
  callbacks.modelCheckpoint('model.safetensors', { saveFreq: 'batch' });
  // @ts-expect-error a rate is a number
  callbacks.learningRateScheduler(() => 'small');
  // @ts-expect-error a factor is a number
  callbacks.reduceLROnPlateau({ factor: '0.1' });
  // @ts-expect-error where to is missing
  callbacks.csvLogger();

  // @ts-expect-error weights are lists of numbers
  model.setWeights([['a']]);
  // @ts-expect-error names of layers
  await model.layerOutputs([[1]], { layers: [0] });
  // @ts-expect-error what Keras calls it
  await model.save({ include_optimizer: false });
  // @ts-expect-error bytes or an address
  await loadModel(3);
  // @ts-expect-error what to write is missing
  await files.write('model.safetensors');
  // @ts-expect-error the seed is an option
  sequential([layers.dense({ units: 1 })], 42);
}
