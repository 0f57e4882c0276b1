/** Random models for fast-check: every kind of layer, optimizer, schedule, loss and metric, any options, names and metadata. */
import fc from 'fast-check';
import {
  activationNames,
  type CompileOptions,
  type Constraint,
  constraints,
  type Initializer,
  initializers,
  type Layer,
  type Loss,
  type LossName,
  layers,
  losses,
  lossNames,
  type Metric,
  type Optimizer,
  type OptimizerName,
  optimizerNames,
  optimizers,
  type Regularizer,
  type Schedule,
  type Sequential,
  schedules,
  sequential,
} from '../../src/index.ts';
import { floats, labels } from '../helpers.ts';

type Arbitrary<T> = fc.Arbitrary<T>;
/** Some of the options, in any order, each by an arbitrary of its own. */
export const some = <T extends object>(model: { [K in keyof T]: Arbitrary<T[K]> }) =>
  fc.record(model, { requiredKeys: [] }) as Arbitrary<T>;

export const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const share = number(0, 0.999);
const positive = number(1e-6, 1e6);
const small = number(0, 0.1);

const initializer: Arbitrary<Initializer> = fc.oneof(
  fc.constantFrom(
    initializers.zeros(),
    initializers.ones(),
    initializers.glorotUniform(),
    initializers.glorotNormal(),
    initializers.heUniform(),
    initializers.heNormal(),
    initializers.lecunUniform(),
    initializers.lecunNormal(),
  ),
  some({ value: number(-9, 9) }).map(initializers.constant),
  some({ minval: number(-9, 0), maxval: number(0.1, 9) }).map(initializers.randomUniform),
  some({ mean: number(-9, 9), stddev: positive }).map(initializers.randomNormal),
  some({ mean: number(-9, 9), stddev: positive }).map(initializers.truncatedNormal),
);
const regularizer: Arbitrary<Regularizer | 'l1' | 'l2'> = fc.oneof(
  fc.constantFrom('l1', 'l2'),
  fc.record({ l1: small, l2: small }),
);
const axis = fc.constantFrom(0, -1, [0], [-1]);
const constraint: Arbitrary<Constraint> = fc.oneof(
  fc.constant(constraints.nonNeg()),
  some({ axis }).map(constraints.unitNorm),
  some({ maxValue: positive, axis }).map(constraints.maxNorm),
  some({ maxValue: number(1, 9), minValue: share, rate: share, axis }).map(constraints.minMaxNorm),
);
const activation = fc.oneof(
  fc.constantFrom(...activationNames),
  fc.record({ name: fc.constantFrom('leakyRelu' as const, 'elu' as const), alpha: number(0, 3) }),
);
/** Options of layers that normalize. */
const affine = {
  epsilon: small,
  center: fc.boolean(),
  scale: fc.boolean(),
  betaInitializer: initializer,
  gammaInitializer: initializer,
  betaRegularizer: regularizer,
  gammaRegularizer: regularizer,
  betaConstraint: constraint,
  gammaConstraint: constraint,
};
/** What a layer or a model may be called: anything that can be printed. */
export const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });

const window = fc.record({
  kernelSize: fc.integer({ min: 1, max: 2 }),
  strides: fc.integer({ min: 1, max: 2 }),
  padding: fc.constantFrom('valid' as const, 'same' as const),
});
const convolution = some({
  activation,
  useBias: fc.boolean(),
  biasInitializer: initializer,
  biasRegularizer: regularizer,
  biasConstraint: constraint,
});
const few = fc.integer({ min: 1, max: 3 });
/** Options of a convolution whose kernels' options begin with these names. */
const kernels = (...prefixes: readonly string[]): Arbitrary<object> =>
  some(
    Object.fromEntries(
      prefixes.flatMap((prefix): [string, Arbitrary<unknown>][] => [
        [`${prefix}Initializer`, initializer],
        [`${prefix}Regularizer`, regularizer],
        [`${prefix}Constraint`, constraint],
      ]),
    ),
  );
/** Layers of `make`, with options of these kinds. */
const convolutions = <T extends object>(
  make: (options: T) => Layer,
  ...options: readonly Arbitrary<object>[]
): Arbitrary<(common: object) => Layer> =>
  fc.tuple(window, convolution, ...options).map((all) => (common) => make(Object.assign({}, common, ...all) as T));
const filters = few.map((one) => ({ filters: one }));
const outputPadding = some({ outputPadding: fc.nat({ max: 1 }) });
const depthMultiplier = few.map((one) => ({ depthMultiplier: one }));
const pooling = (make: typeof layers.maxPooling2d): Arbitrary<(common: object) => Layer> =>
  window.map(
    ({ kernelSize: poolSize, ...rest }) =>
      (common) =>
        make({ ...common, poolSize, ...rest }),
  );

type Kind = Arbitrary<(common: object) => Layer>;
/** A layer with some options. */
const having = <T extends object>(make: (options: T) => Layer, model: { [K in keyof T]: Arbitrary<T[K]> }): Kind =>
  some<T>(model).map((options) => (common) => make({ ...common, ...options }));
/** A layer with all options. */
const always = <T extends object>(model: { [K in keyof T]: Arbitrary<T[K]> }, make: (options: T) => Layer): Kind =>
  (fc.record(model) as Arbitrary<T>).map((options) => (common) => make({ ...common, ...options }));

/** Of layers that move pictures at random. */
const factor = fc.oneof(number(-0.9, 0.9), fc.tuple(number(-0.9, 0), number(0, 0.9)));
const moved = <T extends object>(model: object, make: (options: T) => Layer): Kind =>
  always<T>(
    {
      ...model,
      fillMode: fc.constantFrom('constant', 'nearest', 'reflect', 'wrap'),
      interpolation: fc.constantFrom('nearest', 'bilinear'),
      fillValue: number(-9, 9),
    } as never,
    make,
  );

/** One entry for each function of `layers` that can stand in a stack. */
export const layerKinds: {
  readonly [K in Exclude<keyof typeof layers, 'subtract' | 'dot' | 'lambda'>]: Arbitrary<(common: object) => Layer>;
} = {
  dense: some({
    activation,
    useBias: fc.boolean(),
    kernelInitializer: initializer,
    biasInitializer: initializer,
    kernelRegularizer: regularizer,
    biasRegularizer: regularizer,
    kernelConstraint: constraint,
    biasConstraint: constraint,
    activityRegularizer: regularizer,
  }).chain((options) =>
    fc.integer({ min: 1, max: 5 }).map((units) => (common) => layers.dense({ ...common, ...options, units })),
  ),
  activation: fc
    .record({ activation, activityRegularizer: regularizer }, { requiredKeys: ['activation'] })
    .map((options) => (common) => layers.activation({ ...common, ...options })),
  conv1d: convolutions(layers.conv1d, filters, kernels('kernel')),
  conv2d: convolutions(layers.conv2d, filters, kernels('kernel')),
  conv1dTranspose: convolutions(layers.conv1dTranspose, filters, kernels('kernel'), outputPadding),
  conv2dTranspose: convolutions(layers.conv2dTranspose, filters, kernels('kernel'), outputPadding),
  depthwiseConv1d: convolutions(layers.depthwiseConv1d, depthMultiplier, kernels('depthwise')),
  depthwiseConv2d: convolutions(layers.depthwiseConv2d, depthMultiplier, kernels('depthwise')),
  separableConv1d: convolutions(layers.separableConv1d, filters, depthMultiplier, kernels('depthwise', 'pointwise')),
  separableConv2d: convolutions(layers.separableConv2d, filters, depthMultiplier, kernels('depthwise', 'pointwise')),
  maxPooling1d: pooling(layers.maxPooling1d),
  maxPooling2d: pooling(layers.maxPooling2d),
  averagePooling1d: pooling(layers.averagePooling1d),
  averagePooling2d: pooling(layers.averagePooling2d),
  dropout: number(0, 1).map((rate) => (common) => layers.dropout({ ...common, rate })),
  flatten: fc.constant((common) => layers.flatten(common)),
  reshape: fc
    .constantFrom([-1], [1, -1], [-1, 1])
    .map((targetShape) => (common) => layers.reshape({ ...common, targetShape })),
  add: fc.constant((common) => layers.add(common)),
  multiply: fc.constant((common) => layers.multiply(common)),
  average: fc.constant((common) => layers.average(common)),
  maximum: fc.constant((common) => layers.maximum(common)),
  minimum: fc.constant((common) => layers.minimum(common)),
  concatenate: fc.constant((common) => layers.concatenate(common)),
  batchNormalization: having(layers.batchNormalization, {
    ...affine,
    axis: fc.constantFrom(-1, 1),
    momentum: number(0, 1),
    movingMeanInitializer: initializer,
    movingVarianceInitializer: initializer,
    trainable: fc.boolean(),
  }),
  layerNormalization: having(layers.layerNormalization, { ...affine, axis: fc.constantFrom(-1, 1, [1], [-1]) }),
  groupNormalization: having(layers.groupNormalization, { ...affine, groups: fc.constantFrom(-1, 1, 2) }),
  unitNormalization: having(layers.unitNormalization, { axis: fc.constantFrom(-1, 1, [1], [-1]) }),
  normalization: fc
    .tuple(
      some({ axis: fc.constantFrom(-1, 1, null), invert: fc.boolean() }),
      fc.option(fc.tuple(number(-9, 9), positive), { nil: undefined }),
    )
    .map(([options, statistics]) => (common) => {
      const [mean, variance] = statistics ?? [];
      return layers.normalization({
        ...common,
        ...options,
        ...(mean !== undefined && variance !== undefined && { mean, variance: [variance] }),
      });
    }),
  rescaling: always({ scale: number(-9, 9), offset: number(-9, 9) }, layers.rescaling),
  prelu: having(layers.prelu, {
    alphaInitializer: initializer,
    alphaRegularizer: regularizer,
    sharedAxes: fc.constantFrom([], [1], [-1]),
  }),
  reLU: having(layers.reLU, { maxValue: number(0, 9), negativeSlope: share, threshold: share }),
  leakyReLU: having(layers.leakyReLU, { negativeSlope: share }),
  elu: having(layers.elu, { alpha: share }),
  softmax: having(layers.softmax, { axis: fc.constantFrom(-1, 1) }),
  gaussianNoise: always({ stddev: number(0, 1) }, layers.gaussianNoise),
  gaussianDropout: always({ rate: share }, layers.gaussianDropout),
  alphaDropout: always({ rate: share }, layers.alphaDropout),
  spatialDropout1d: always({ rate: number(0, 1) }, layers.spatialDropout1d),
  spatialDropout2d: always({ rate: number(0, 1) }, layers.spatialDropout2d),
  permute: always({ dims: fc.constantFrom([1], [2, 1], [1, 3, 2]) }, layers.permute),
  repeatVector: always({ n: few }, layers.repeatVector),
  zeroPadding1d: having(layers.zeroPadding1d, { padding: fc.oneof(few, fc.tuple(few, few)) }),
  zeroPadding2d: having(layers.zeroPadding2d, { padding: fc.oneof(few, fc.tuple(few, fc.tuple(few, few))) }),
  cropping1d: having(layers.cropping1d, { cropping: fc.oneof(few, fc.tuple(few, fc.constant(0))) }),
  cropping2d: having(layers.cropping2d, { cropping: fc.oneof(few, fc.tuple(few, fc.tuple(fc.constant(0), few))) }),
  upSampling1d: having(layers.upSampling1d, { size: few }),
  upSampling2d: having(layers.upSampling2d, {
    size: fc.oneof(few, fc.tuple(few, few)),
    interpolation: fc.constantFrom('nearest', 'bilinear'),
  }),
  randomFlip: having(layers.randomFlip, { mode: fc.constantFrom('horizontal', 'vertical', 'horizontalAndVertical') }),
  randomTranslation: moved({ heightFactor: factor, widthFactor: factor }, layers.randomTranslation),
  randomRotation: moved({ factor }, layers.randomRotation),
  randomZoom: moved({ heightFactor: factor, widthFactor: fc.option(factor, { nil: undefined }) }, layers.randomZoom),
  randomContrast: always({ factor: share, valueRange: fc.constant([-9, 9] as const) }, layers.randomContrast),
  randomCrop: always({ height: few, width: few }, layers.randomCrop),
  centerCrop: always({ height: few, width: few }, layers.centerCrop),
  resizing: always(
    {
      ...{ height: few, width: few, interpolation: fc.constantFrom('nearest', 'bilinear'), fillValue: number(-9, 9) },
      cropToAspectRatio: fc.boolean(),
    },
    layers.resizing,
  ),
  globalMaxPooling1d: having(layers.globalMaxPooling1d, { keepdims: fc.boolean() }),
  globalMaxPooling2d: having(layers.globalMaxPooling2d, { keepdims: fc.boolean() }),
  globalAveragePooling1d: having(layers.globalAveragePooling1d, { keepdims: fc.boolean() }),
  globalAveragePooling2d: having(layers.globalAveragePooling2d, { keepdims: fc.boolean() }),
};

const rate = number(0, 1);
const steps = fc.integer({ min: 1, max: 1e6 });
const decay = { initialLearningRate: rate, decaySteps: steps, decayRate: share };
const required = <T extends object, K extends keyof T>(model: { [K in keyof T]: Arbitrary<T[K]> }, keys: K[]) =>
  fc.record(model, { requiredKeys: keys }) as Arbitrary<T>;
const linear = fc
  .record({ initialLearningRate: rate, endLearningRate: rate, transitionSteps: steps })
  .map(schedules.linear);
const part = fc.oneof(rate, linear, fc.record({ schedule: linear, warmupSteps: steps }).map(schedules.warmup));
const schedule: Arbitrary<Schedule> = fc.oneof(
  ...Object.values({
    exponentialDecay: required({ ...decay, staircase: fc.boolean() }, [
      'initialLearningRate',
      'decaySteps',
      'decayRate',
    ]).map(schedules.exponentialDecay),
    inverseTimeDecay: required({ ...decay, staircase: fc.boolean() }, [
      'initialLearningRate',
      'decaySteps',
      'decayRate',
    ]).map(schedules.inverseTimeDecay),
    piecewiseConstantDecay: fc
      .uniqueArray(number(0, 1e9), { maxLength: 20 })
      .chain((boundaries) =>
        fc
          .array(rate, { minLength: boundaries.length + 1, maxLength: boundaries.length + 1 })
          .map((values) => schedules.piecewiseConstantDecay({ boundaries: boundaries.sort((a, b) => a - b), values })),
      ),
    polynomialDecay: required(
      { initialLearningRate: rate, decaySteps: steps, endLearningRate: rate, power: number(0, 3), cycle: fc.boolean() },
      ['initialLearningRate', 'decaySteps'],
    ).map(schedules.polynomialDecay),
    cosineDecay: required(
      { initialLearningRate: rate, decaySteps: steps, alpha: share, warmupTarget: rate, warmupSteps: steps },
      ['initialLearningRate', 'decaySteps'],
    ).map(schedules.cosineDecay),
    cosineDecayRestarts: required(
      { initialLearningRate: rate, firstDecaySteps: steps, tMul: number(1.001, 3), mMul: number(0, 2), alpha: share },
      ['initialLearningRate', 'firstDecaySteps'],
    ).map(schedules.cosineDecayRestarts),
    linear,
    step: fc.record({ initialLearningRate: rate, stepSize: steps, gamma: share }).map(schedules.step),
    oneCycle: required(
      {
        ...{ maxLearningRate: rate, totalSteps: number(2, 1e6), pctStart: number(0, 0.5), divFactor: number(1, 99) },
        ...{ annealStrategy: fc.constantFrom('cos' as const, 'linear' as const), threePhase: fc.boolean() },
      },
      ['maxLearningRate', 'totalSteps'],
    ).map(schedules.oneCycle),
    cyclical: required(
      {
        ...{ baseLearningRate: rate, maxLearningRate: rate, stepSizeUp: steps, stepSizeDown: steps, gamma: share },
        mode: fc.constantFrom('triangular' as const, 'triangular2' as const, 'expRange' as const),
      },
      ['baseLearningRate', 'maxLearningRate'],
    ).map(schedules.cyclical),
    noam: required({ modelSize: steps, warmupSteps: steps, factor: rate }, ['modelSize']).map(schedules.noam),
    warmup: required({ schedule: part, warmupSteps: steps, initialLearningRate: rate }, [
      'schedule',
      'warmupSteps',
    ]).map(schedules.warmup),
    joinSchedules: fc
      .uniqueArray(number(0, 1e6), { maxLength: 5 })
      .chain((boundaries) =>
        fc
          .array(part, { minLength: boundaries.length + 1, maxLength: boundaries.length + 1 })
          .map((parts) => schedules.joinSchedules({ schedules: parts, boundaries: boundaries.sort((a, b) => a - b) })),
      ),
  } satisfies { [K in keyof typeof schedules]: Arbitrary<Schedule> }),
);

/** The options that each optimizer has of its own; `satisfies` finds an optimizer that is missing. */
const epsilonMode = fc.constantFrom('hat' as const, 'insideSqrt' as const);
const adam = { beta1: share, beta2: share, epsilon: small, amsgrad: fc.boolean(), epsilonMode };
const own = {
  sgd: some({ momentum: share, nesterov: fc.boolean() }),
  momentum: some({ momentum: share, dampening: share }),
  nesterov: some({ momentum: share }),
  adagrad: some({ epsilon: small, initialAccumulatorValue: small, epsilonMode }),
  rmsprop: some({ rho: share, momentum: share, epsilon: small, centered: fc.boolean(), epsilonMode }),
  adam: some(adam),
  adamw: some(adam),
  nadam: some({ beta1: share, beta2: share, epsilon: small, momentumDecay: number(0, 3) }),
  ftrl: some({ learningRatePower: number(-1, 0), l1RegularizationStrength: small, beta: small }),
  adadelta: some({ rho: share, epsilon: small }),
  adamax: some({ beta1: share, beta2: share, epsilon: small }),
  yogi: some({ beta1: share, beta2: share, epsilon: small, initialAccumulatorValue: small }),
  signSgd: some({}),
  radam: some({ beta1: share, beta2: share, epsilon: small }),
  adabelief: some({ beta1: share, beta2: share, epsilon: small, epsilonRoot: small }),
  adan: some({ beta1: share, beta2: share, beta3: share, epsilon: small, epsilonRoot: small }),
  lion: some({ beta1: share, beta2: share }),
  scheduleFreeSgd: some({ beta1: share, warmupSteps: number(0, 9) }),
  scheduleFreeAdamW: some({ beta1: share, beta2: share, warmupSteps: number(0, 9), epsilon: small }),
  muon: some({ momentum: share, nesterov: fc.boolean(), rmsRate: small, adamBeta1: share, adamBeta2: share }),
  lamb: some({ beta1: share, beta2: share, epsilon: small }),
  lars: some({ momentum: share, nesterov: fc.boolean(), trustCoefficient: small, l2RegularizationStrength: small }),
  novograd: some({ beta1: share, beta2: share, l2RegularizationStrength: small, epsilon: small }),
  adafactor: some({ beta2Decay: number(-1, 0), epsilon2: small, clipThreshold: number(0.1, 2) }),
  rprop: some({
    etaMinus: share,
    etaPlus: number(1, 2),
    stepSizeMin: number(1e-6, 1e-3),
    stepSizeMax: number(0.01, 1),
  }),
  asgd: some({ lambd: small, decayPower: share, t0: number(0, 9) }),
  adabound: some({
    beta1: share,
    beta2: share,
    finalLearningRateRatio: number(0, 99),
    gamma: number(0.001, 1),
    amsgrad: fc.boolean(),
  }),
  sophia: some({ beta1: share, beta2: share, hessianFactor: number(0, 9), updateInterval: number(1, 5) }),
  prodigy: some({
    beta1: share,
    beta3: share,
    d0: number(1e-6, 1e-2),
    growthRate: fc.constantFrom(0, 1.5),
    useBiasCorrection: fc.boolean(),
    safeguardWarmup: fc.boolean(),
  }),
  dAdaptAdam: some({
    beta1: share,
    beta2: share,
    d0: number(1e-6, 1e-2),
    growthRate: fc.constantFrom(0, 1.5),
    useBiasCorrection: fc.boolean(),
  }),
  soap: some({
    beta1: share,
    beta2: share,
    beta3: share,
    epsilon: small,
    preconditionFrequency: fc.integer({ min: 1, max: 3 }),
  }),
  lbfgs: some({
    historySize: fc.integer({ min: 1, max: 5 }),
    curvature: share,
    maxSearchSteps: fc.integer({ min: 1, max: 9 }),
  }),
  ademamix: some({ beta1: share, beta2: share, beta3: share, alpha: number(0, 9), epsilon: small }),
} satisfies { [K in OptimizerName]: Arbitrary<object> };
export const optimizer: Arbitrary<Optimizer> = fc
  .record({
    kind: fc.constantFrom(...optimizerNames),
    common: some({ learningRate: fc.oneof(rate, schedule), weightDecay: small }),
    clip: fc.oneof(
      fc.constant({}),
      fc
        .tuple(fc.constantFrom('clipnorm', 'clipvalue', 'globalClipnorm'), positive)
        .map((pair) => Object.fromEntries([pair])),
    ),
  })
  .chain(({ kind, common, clip }) =>
    (own[kind] as Arbitrary<object>).map((options) =>
      optimizers[kind](kind === 'lbfgs' ? options : { ...common, ...clip, ...options }),
    ),
  );

const reduction = fc.constantFrom('sumOverBatchSize' as const, 'sum' as const, 'meanWithSampleWeight' as const);
const smoothed = { reduction, fromLogits: fc.boolean(), labelSmoothing: share };
const loss: Arbitrary<Loss> = fc.oneof(
  some({ reduction, fromLogits: fc.boolean(), ignoreClass: fc.integer({ min: -1, max: 9 }) }).map(
    losses.sparseCategoricalCrossentropy,
  ),
  some(smoothed).map(losses.categoricalCrossentropy),
  some(smoothed).map(losses.binaryCrossentropy),
  some({ reduction }).map(losses.meanSquaredError),
  some({ reduction }).map(losses.meanAbsoluteError),
  some({ reduction, delta: positive }).map(losses.huber),
);
const names = ['accuracy', 'acc', 'binaryAccuracy', 'categoricalAccuracy', 'sparseCategoricalAccuracy', ...lossNames];
const metric = fc.oneof(fc.constantFrom(...(names as LossName[])), loss);
const compileOptions: Arbitrary<CompileOptions> = fc.record({
  optimizer,
  loss: fc.oneof(loss, fc.constantFrom(...lossNames)),
  metrics: fc.array(metric as Arbitrary<Metric>, { maxLength: 2 }),
});

/** Texts under keys that are not taken. */
export const metadata = fc.dictionary(
  fc.string({ unit: 'binary', maxLength: 12 }).filter((key) => !/^(simdescent\.|format$|__proto__$)/.test(key)),
  fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    // as callbacks and the command line keep histories
    fc
      .dictionary(fc.string({ maxLength: 8 }), fc.array(fc.double(), { maxLength: 9 }))
      .map((history) => JSON.stringify(history)),
  ),
  { maxKeys: 6 },
);

/**
 * Models in any state: built or not, compiled or not, trained or not, with any counters. Layers, a loss and metrics that do not fit each
 * other are refused when they are put together; `undefined` stands for those.
 */
export const models: Arbitrary<() => Promise<Sequential | undefined>> = fc
  .record({
    inputShape: fc.option(fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }), {
      freq: 4,
      nil: undefined,
    }),
    stack: fc.array(fc.tuple(fc.oneof(...Object.values(layerKinds)), fc.option(name, { nil: '' })), {
      minLength: 1,
      maxLength: 5,
    }),
    options: some({ seed: fc.maxSafeNat(), name }),
    // made when it is needed: an optimizer belongs to one model
    compile: fc.option(compileOptions, { freq: 5, nil: undefined }),
    epochs: fc.nat(2),
    iterations: fc.option(fc.oneof(fc.nat(5000), fc.constant(2 ** 53)), { nil: undefined }),
    metadata,
  })
  .map(({ inputShape, stack, options, compile, epochs, iterations, metadata }) => async () => {
    let model: Sequential | undefined;
    try {
      const made = stack.map(([make, name], i) =>
        make({ ...(name !== '' && { name }), ...(i === 0 && inputShape !== undefined && { inputShape }) }),
      );
      model = sequential(made, options);
      if (compile !== undefined) model.compile(compile);
      for (const [key, text] of Object.entries(metadata)) model.metadata.set(key, text);
      if (model.built && compile !== undefined && epochs > 0) await train(model, inputShape ?? [], epochs);
      if (model.optimizer !== undefined && iterations !== undefined && model.optimizer.name !== 'nadam')
        model.optimizer.iterations = iterations;
      return model;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      model?.dispose();
      return undefined;
    }
  });

/** Two steps an epoch on random samples, with labels where the loss wants them. */
async function train(model: Sequential, inputShape: readonly number[], epochs: number): Promise<void> {
  const outputShape = model.layers.at(-1)?.outputShape ?? [];
  const sparse = Object(model.toConfig().compile?.loss).className === 'sparseCategoricalCrossentropy';
  const y = sparse
    ? {
        ...labels(4 * outputShape.slice(0, -1).reduce((a, b) => a * b, 1), outputShape.at(-1) ?? 1, 2),
        shape: [4, ...outputShape.slice(0, -1)],
      }
    : floats([4, ...outputShape], 3);
  await model.fit(floats([4, ...inputShape], 1), y, { epochs, batchSize: 2 });
}
