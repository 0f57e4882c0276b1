/** Setting what is public: an Error wherever it would not do what it says, so that no assignment makes a model that fits nothing. */
import { describe, expect, test } from 'vitest';
import { callbacks, layers, losses, optimizers, schedules, sequential, tensor } from '../src/index.ts';
import { floats, labels } from './helpers.ts';

const schedule = schedules.piecewiseConstantDecay({ boundaries: [1, 2], values: [0.1, 0.2, 0.3] });
const optimizer = optimizers.sgd({ learningRate: schedule });
const loss = losses.sparseCategoricalCrossentropy();
const stop = callbacks.earlyStopping({ monitor: 'loss', patience: 3 });
const model = sequential(
  [
    layers.reshape({ targetShape: [4], inputShape: [2, 2] }),
    layers.dense({ units: 5, activation: 'relu' }),
    layers.dense({ units: 3, activation: 'softmax' }),
  ],
  { seed: 7 },
);
model.compile({ optimizer, loss, metrics: ['accuracy'] });
const [x, y] = [floats([12, 2, 2], 1), labels(12, 3, 2)];
await model.fit(x, y, { callbacks: [stop] });

/** What may be set, because it does what it says. */
const settable: Readonly<Record<string, readonly string[]>> = {
  model: ['stopTraining'],
  optimizer: ['learningRate', 'iterations'],
};
/** What is not in the declarations. */
const internal = ['weights', 'activityRegularizer', 'activation', 'spec', 'fused', 'calls', 'parts', 'counters'];
const objects: Readonly<Record<string, object>> = {
  model,
  'a layer': model.getLayer('dense'),
  'a layer with a target shape': model.getLayer('reshape'),
  'a layer without a model': layers.dense({ units: 2, inputShape: [3] }),
  optimizer,
  loss,
  schedule,
  tensor: tensor([2], [1, 2]),
  'a weight': model.weights[0] ?? {},
  'a gradient': model.gradients[0] ?? {},
  'a callback': stop,
  'a callback that is no class': callbacks.csvLogger(() => undefined),
};

/** Names of all properties but methods, of a class also those in its prototypes. */
function propertiesOf(object: object): string[] {
  const names = new Set<string>();
  for (let owner: object | null = object; owner && owner !== Object.prototype; owner = Object.getPrototypeOf(owner))
    for (const name of Object.getOwnPropertyNames(owner))
      if (typeof Reflect.get(object, name) !== 'function') names.add(name);
  return [...names];
}

/** Lists and plain objects within: those of a shape, of options. */
const isPlain = (value: unknown): value is object =>
  Array.isArray(value) ||
  (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype);

const set = (object: object, name: string, value: unknown) => (): void => {
  (object as Record<string, unknown>)[name] = value;
};

describe.each(Object.entries(objects))('%s', (kind, object) => {
  const known = kind === 'model' ? [] : internal;
  const fixed = propertiesOf(object).filter((name) => !settable[kind]?.includes(name) && !known.includes(name));
  test.each(fixed)('.%s cannot be set', (name) => {
    const before = Reflect.get(object, name);
    expect(set(object, name, 70000)).toThrow(Error);
    expect(Reflect.get(object, name)).toBe(before);
  });
  test.each(fixed.filter((name) => isPlain(Reflect.get(object, name))))('nor what is in .%s', (name) => {
    const within: object = Reflect.get(object, name);
    for (const key of [...Object.keys(within), 'more']) expect(set(within, key, 70000), key).toThrow(TypeError);
  });
  test.runIf(kind !== 'a layer without a model')('takes no property that nobody would read', () => {
    expect(set(object, 'trainabel', false)).toThrow(TypeError);
  });
});

test('trainable takes a truth value', () => {
  expect(set(model.getLayer('dense'), 'trainable', 0)).toThrow(TypeError);
  expect(set(model, 'trainable', 'no')).toThrow(TypeError);
});

test('what toConfig gives is a copy', () => {
  const before = JSON.stringify([model.toConfig(), schedule.toConfig()]);
  const { targetShape } = model.getLayer('reshape').toConfig().config as { targetShape: number[] };
  targetShape[0] = 7;
  (model.getLayer('reshape').toConfig().config.inputShape as number[])[0] = 7;
  (schedule.toConfig().config.boundaries as number[])[0] = 7;
  expect(JSON.stringify([model.toConfig(), schedule.toConfig()])).toBe(before);
});

test('what a function was given may change afterwards', async () => {
  const metrics: ('accuracy' | 'mae')[] = ['accuracy'];
  const boundaries = Float64Array.of(1, 2);
  const [options, inputShape] = [{ patience: 3, monitor: 'loss' }, [4]];
  const late = sequential([layers.dense({ units: 3, activation: 'softmax', inputShape })]);
  const own = schedules.piecewiseConstantDecay({
    boundaries: boundaries as unknown as number[],
    values: [0.1, 0.2, 0.3],
  });
  const { made } = callbacks.earlyStopping(options);
  late.compile({ optimizer: optimizers.sgd({ learningRate: own }), loss, metrics });
  const before = JSON.stringify([late.toConfig(), made]);
  metrics.push('mae');
  boundaries[0] = 9;
  options.patience = 9;
  inputShape[0] = 9;
  expect(JSON.stringify([late.toConfig(), made])).toBe(before);
  expect(before).toContain('"boundaries":[1,2]');
  late.dispose();
});

test('stopTraining takes a boolean', () => {
  expect(set(model, 'stopTraining', 1)).toThrow(TypeError);
});
