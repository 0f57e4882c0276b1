import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  configs,
  initializers,
  input,
  type Layer,
  layers,
  losses,
  model,
  optimizers,
  schedules,
  sequential,
} from '../../src/index.ts';
import { floats, labels } from '../helpers.ts';

const json = <T>(value: T): unknown => JSON.parse(JSON.stringify(value));

const stack = (): Layer[] => [
  layers.reshape({ inputShape: [4, 3], targetShape: [-1] }),
  layers.dense({
    units: 7,
    activation: { name: 'leakyRelu', alpha: 0.3 },
    kernelInitializer: 'heNormal',
    kernelRegularizer: 'l2',
  }),
  layers.dropout({ rate: 0.25, name: 'noise' }),
  layers.dense({
    units: 6,
    useBias: false,
    kernelInitializer: initializers.truncatedNormal({ stddev: 0.2 }),
    activityRegularizer: { l1: 1e-3, l2: 0 },
  }),
  layers.activation({ activation: 'tanh' }),
  layers.flatten(),
  layers.dense({
    units: 3,
    activation: 'softmax',
    biasInitializer: initializers.constant({ value: 0.1 }),
    biasRegularizer: 'l1',
  }),
];

const x = floats([20, 4, 3], 1);
const y = labels(20, 3, 2);

describe('a model as plain JSON', () => {
  test.each([
    ['sgd', optimizers.sgd({ momentum: 0.9, nesterov: true, dampening: 0, clipvalue: 0.5 })],
    ['momentum', optimizers.momentum({ dampening: 0.5 })],
    ['nesterov', optimizers.nesterov()],
    ['adagrad', optimizers.adagrad({ initialAccumulatorValue: 0.2, epsilonMode: 'hat' })],
    ['rmsprop', optimizers.rmsprop({ momentum: 0.1, centered: true, rho: 0.8 })],
    ['adam', optimizers.adam({ amsgrad: true, epsilonMode: 'paper', globalClipnorm: 1 })],
    ['adamw', optimizers.adamw()],
    ['nadam', optimizers.nadam({ momentumDecay: 0.004, clipnorm: 1 })],
    [
      'scheduled',
      optimizers.adam({ learningRate: schedules.cosineDecay({ initialLearningRate: 0.1, decaySteps: 9 }) }),
    ],
  ])('gives the same weights before and after training: %s', async (_name, optimizer) => {
    const model = sequential(stack(), { seed: 2 ** 40 + 7, name: 'net' });
    model.compile({ optimizer, loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
    const twin = configs.modelFrom(json(model.toConfig()));
    expect(await twin.digest()).toBe(await model.digest());
    expect(twin.toConfig()).toEqual(model.toConfig());
    const { history } = await model.fit(x, y, { epochs: 3, batchSize: 8 });
    const again = await twin.fit(x, y, { epochs: 3, batchSize: 8 });
    expect(again.history).toEqual(history);
    expect(await twin.digest()).toBe(await model.digest());
    expect(twin.summary()).toBe(model.summary());
    model.dispose();
    twin.dispose();
  });

  test('holds every option, defaults included', () => {
    expect(layers.dense({ units: 2 }).toConfig()).toEqual({
      className: 'dense',
      config: {
        units: 2,
        activation: 'linear',
        useBias: true,
        kernelInitializer: { className: 'glorotUniform', config: {} },
        biasInitializer: { className: 'zeros', config: {} },
      },
    });
    expect(optimizers.adamw().toConfig()).toEqual({
      className: 'adamw',
      config: {
        learningRate: 0.001,
        weightDecay: 0.004,
        beta1: 0.9,
        beta2: 0.999,
        epsilon: 1e-7,
        amsgrad: false,
        epsilonMode: 'hat',
      },
    });
  });

  test('has the learning rate as it is now', () => {
    const optimizer = optimizers.sgd();
    optimizer.learningRate = 0.5;
    expect(configs.optimizerFrom(json(optimizer.toConfig())).learningRate).toBe(0.5);
  });

  test.each([
    losses.huber({ delta: 2, reduction: 'sum' }),
    losses.sparseCategoricalCrossentropy({ ignoreClass: 2, fromLogits: true }),
    losses.categoricalCrossentropy({ labelSmoothing: 0.1 }),
    losses.binaryCrossentropy(),
    losses.meanSquaredError(),
    losses.meanAbsoluteError({ reduction: 'meanWithSampleWeight' }),
  ])('brings back $name', (loss) => {
    expect(configs.lossFrom(json(loss.toConfig()))).toEqual(loss);
  });

  test('brings back a loss as a metric, and a model that is neither built nor compiled', () => {
    const model = sequential([layers.dense({ units: 2 })], { seed: 3 });
    expect(configs.modelFrom(json(model.toConfig())).toConfig()).toEqual(model.toConfig());
    model.build([4]);
    model.compile({ loss: 'mse', metrics: ['mae', losses.huber({ delta: 3 })] });
    const twin = configs.modelFrom(json(model.toConfig()));
    expect(twin.toConfig()).toEqual(model.toConfig());
    expect(twin.getWeights()).toEqual(model.getWeights());
  });

  test('tells the shapes of its weights without making them', () => {
    const model = sequential(stack());
    const expected = model.weights.map(({ name, tensor: { shape } }) => ({ name, shape }));
    expect(configs.weightsOf(json(model.toConfig()))).toEqual(expected);
    const huge = { className: 'dense', config: { units: 2 ** 40, inputShape: [2 ** 12] } };
    const config = { className: 'sequential', config: { name: 'huge', seed: 0, layers: [huge] } };
    expect(configs.weightsOf(config)[0]).toEqual({ name: 'dense/kernel', shape: [2 ** 12, 2 ** 40] });
    expect(() => configs.modelFrom(config)).toThrow(/^out of memory/);
  });
});

describe('a description that is none', () => {
  const good = () => {
    const model = sequential(stack());
    model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
    return JSON.parse(JSON.stringify(model.toConfig()));
  };
  const layer = (config: object) => ({ className: 'dense', config });

  test.each<[string, unknown, RegExp]>([
    ['null', null, /^the config of the layer must be an object, got null/],
    ['a list', [], /must be an object/],
    ['no options', { className: 'dense' }, /has no config/],
    [
      'a third key',
      { className: 'dense', config: { units: 1 }, more: 1 },
      /unknown option of the config of the layer 'more'/,
    ],
    ['an unknown kind', { className: 'denso', config: {} }, /unknown layer 'denso'; did you mean 'dense'/],
    ['a name from the prototype', { className: 'constructor', config: {} }, /unknown layer 'constructor'/],
    ['__proto__ as a name', { className: '__proto__', config: {} }, /unknown layer '__proto__'/],
    ['a name that is none', { className: { toString: null }, config: {} }, /must be a name, got Object/],
    ['a long name', { className: 'x'.repeat(1e6), config: {} }, /^unknown layer 'x{100}…'/],
    ['options that are a list', { className: 'dense', config: [] }, /the config of dense must be an object/],
    ['an unknown option', layer({ units: 1, unit: 2 }), /unknown option of layers.dense 'unit'/],
    [
      '__proto__ as a key',
      JSON.parse('{"className":"dense","config":{"__proto__":{"units":3}}}'),
      /unknown option.*__proto__/,
    ],
    ['constructor as a key', layer({ units: 1, constructor: { name: {} } }), /unknown option.*constructor/],
    ['no units', layer({}), /units must be an integer, got undefined/],
    ['units of text', layer({ units: '3' }), /units must be an integer, got '3'/],
    ['an infinite number', layer({ units: Number.POSITIVE_INFINITY }), /units must be an integer/],
    ['null for an initializer', layer({ units: 1, kernelInitializer: null }), /initializer must be a name, got null/],
    [
      'an option of an initializer that has none',
      layer({ units: 1, kernelInitializer: { className: 'zeros', config: { value: 1 } } }),
      /zeros has no option 'value'/,
    ],
    [
      'an initializer with a function for its name',
      layer({ units: 1, kernelInitializer: { fill: 1 } }),
      /unknown option/,
    ],
    [
      'deep nesting',
      layer({ units: JSON.parse('['.repeat(5000) + ']'.repeat(5000)) }),
      /units must be an integer, got \[\[\.\.\]\]/,
    ],
    ['a negative shape', layer({ units: 1, inputShape: [-1] }), /inputShape must hold integers of at least 1/],
    ['a name of another kind', layer({ units: 1, name: {} }), /name must be a string/],
    [
      'a name without end',
      layer({ units: 1, name: 'y'.repeat(3000) }),
      /name may have at most 256 characters, got 3000/,
    ],
    ['a null regularizer', layer({ units: 1, kernelRegularizer: null }), /a regularizer must be/],
  ])('as a layer: %s', (_name, config, message) => {
    expect(() => configs.layerFrom(config)).toThrow(message);
  });

  test.each<[string, (config: ReturnType<typeof good>) => void, RegExp]>([
    ['another kind of model', (c) => Object.assign(c, { className: 'recurrent' }), /unknown model 'recurrent'/],
    ['an unknown key', (c) => Object.assign(c, { weights: [] }), /unknown option of the config of a model 'weights'/],
    ['layers that are no list', (c) => Object.assign(c.config, { layers: {} }), /layers must be an array/],
    ['no layers', (c) => Object.assign(c.config, { layers: [] }), /at least one layer/],
    ['a fraction as a seed', (c) => Object.assign(c.config, { seed: 0.5 }), /seed must be an integer/],
    ['two layers of one name', (c) => c.config.layers.push(c.config.layers[2]), /two layers are named 'noise'/],
    ['a shape that does not fit', (c) => Object.assign(c, { inputShape: [13] }), /expected input/],
    [
      'layers that do not fit',
      (c) => Object.assign(c.config.layers[0].config, { targetShape: [5, 5] }),
      /cannot make \[5, 5\]/,
    ],
    [
      'an unknown optimizer',
      (c) => Object.assign(c.compile.optimizer, { className: 'lamp' }),
      /unknown optimizer 'lamp'/,
    ],
    [
      'a rate of text',
      (c) => Object.assign(c.compile.optimizer.config, { learningRate: '1' }),
      /learningRate must be a finite number/,
    ],
    [
      'a null rate',
      (c) => Object.assign(c.compile.optimizer.config, { learningRate: null }),
      /the config of the schedule must be an object/,
    ],
    ['a decay rate of 1', (c) => Object.assign(c.compile.optimizer.config, { beta1: 1 }), /beta1 must be below 1/],
    ['an unknown loss', (c) => Object.assign(c.compile.loss, { className: 'bend' }), /unknown loss 'bend'/],
    ['an unknown metric', (c) => Object.assign(c.compile, { metrics: ['area'] }), /unknown metric 'area'/],
    ['a metric that does not fit', (c) => Object.assign(c.compile, { metrics: ['mse'] }), /metric 'mse' takes/],
    ['half of what compile needs', (c) => Object.assign(c, { compile: { loss: c.compile.loss } }), /has no optimizer/],
  ])('as a model: %s', (_name, spoil, message) => {
    const config = good();
    spoil(config);
    const used = sequential([layers.flatten()]);
    expect(() => configs.modelFrom(config)).toThrow(message);
    used.dispose();
  });

  test.each<[string, string, unknown]>([
    ['outputs', 'outputs', 'length'],
    ['outputs', 'outputs', 9],
    ['a call', 'inputs', ['constructor']],
    ['a call', 'inputs', [[0]]],
    ['a call', 'inputs', [-1]],
    ['a call', 'inputs', [0.5]],
    ['a call', 'layer', 'at'],
    ['a call', 'layer', 1],
  ])('as a graph: %s with %s of %j', (_name, key, value) => {
    const a = input({ shape: [2] });
    const graph = model({ inputs: a, outputs: layers.dense({ units: 1 }).apply(a) });
    const described = json(graph.toConfig()) as { config: { calls: object[] } };
    const call = { layer: 0, inputs: [0], ...(key !== 'outputs' && { [key]: value }) };
    Object.assign(described.config, { calls: [call] }, key === 'outputs' && { outputs: value });
    expect(() => configs.modelFrom(described)).toThrow(/the number of a (value|layer) must be an integer/);
    graph.dispose();
  });

  test('never is anything but an Error, whatever it is', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(...Object.keys(good())), (value, key) => {
        for (const config of [value, { ...good(), [key]: value }, layer(value as object)]) {
          try {
            configs.modelFrom(config).dispose();
          } catch (error) {
            expect(error).toBeInstanceOf(Error);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  // in seconds, where a search through all of them for each took minutes
  test('may be long: layers, options, axes', () => {
    const many = 60_000;
    const flat = (i: number) => ({ className: 'flatten', config: i % 2 === 0 ? {} : { name: `flatten_${2 * i}` } });
    const stack = Array.from({ length: many }, (_, i) => flat(i));
    const long = { className: 'sequential', config: { name: 'long', seed: 0, layers: stack }, inputShape: [3] };
    using model = configs.modelFrom(long);
    expect(new Set(model.layers.map(({ name }) => name)).size).toBe(many);
    const config = Object.fromEntries(Array.from({ length: 10 * many }, (_, i) => [`o${i}`, 1]));
    expect(() => configs.layerFrom({ className: 'flatten', config })).toThrow("unknown option of layers.flatten 'o0'");
    const axes = { ...long, config: { ...long.config, layers: stack.slice(0, 1) }, inputShape: Array(many).fill(1) };
    expect(() => configs.modelFrom(axes)).toThrow('inputShape must have at most 32 axes, got 60000');
  });
});
