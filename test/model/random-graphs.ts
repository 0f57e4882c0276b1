/** Random functional models for fast-check: any graph of layers, models within models, shared and frozen layers, parts of the user's own. */
import fc from 'fast-check';
import {
  type Functional,
  input,
  type Layer,
  layers,
  losses,
  model,
  type Ports,
  type SymbolicTensor,
  sequential,
} from '../../src/index.ts';
import { floats } from '../helpers.ts';
import { double, Shift, squaredError } from './own-parts.ts';
import { layerKinds, metadata, name, number, optimizer, some } from './random-models.ts';

/** A part of a graph: takes values, of which there may be more than it wants, and gives one. */
type Part = (values: readonly SymbolicTensor[], common: object) => SymbolicTensor;

/** Vectors of two, so that everything fits to everything. */
const pair = (value: SymbolicTensor): SymbolicTensor =>
  layers.dense({ units: 2 }).apply(value.shape.length === 2 ? value : layers.flatten().apply(value));

const own: fc.Arbitrary<(common: object) => Layer> = fc.constantFrom(
  (common: object) => new Shift(common),
  (common: object) => layers.lambda(double, common),
);
const single: fc.Arbitrary<Part> = fc
  .oneof({ weight: 5, arbitrary: fc.oneof(...Object.values(layerKinds)) }, { weight: 1, arbitrary: own })
  .map(
    (make) =>
      ([x], common) =>
        make(common).apply(x as SymbolicTensor),
  );
const several: fc.Arbitrary<Part> = fc
  .constantFrom(
    layers.add,
    layers.subtract,
    layers.multiply,
    layers.average,
    layers.maximum,
    layers.minimum,
    layers.concatenate,
    layers.dot,
  )
  .map((kind) => ([a, b], common) => {
    const both = [pair(a as SymbolicTensor), pair(b as SymbolicTensor)];
    return kind === layers.dot
      ? layers.dot({ ...common, axes: 1 }).apply(both)
      : (kind as typeof layers.add)(common).apply(both);
  });
/** A model within the model, which may be called twice, have others within, and share a layer or a model within with its surroundings. */
const nested: fc.Arbitrary<Part> = fc
  .record({
    depth: fc.integer({ min: 1, max: 3 }),
    twice: fc.boolean(),
    frozen: fc.boolean(),
    called: name,
    shared: fc.constantFrom('nothing', 'layer', 'model'),
  })
  .map(({ depth, twice, frozen, called, shared }) => ([a, b]) => {
    const dense = layers.dense({ units: 2, inputShape: [2], trainable: !frozen });
    let inner = sequential([dense], { name: called });
    const within = inner;
    for (let i = 1; i < depth; i++) {
      const x = input({ shape: [2] });
      const outer = model({ inputs: x, outputs: inner.apply(layers.dense({ units: 2 }).apply(x)) });
      inner = outer as unknown as typeof inner;
    }
    const part = { nothing: undefined, layer: dense, model: within }[shared];
    const from = part === undefined ? (a as SymbolicTensor) : part.apply(pair(a as SymbolicTensor));
    const first = inner.apply(pair(from));
    return twice ? layers.add().apply([first, inner.apply(pair(b as SymbolicTensor))]) : first;
  });

/** A functional model, or `undefined` where its parts do not fit each other. */
export const graphs: fc.Arbitrary<() => Promise<Functional | undefined>> = fc
  .record({
    inputs: fc.array(
      fc.tuple(fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 2 }), fc.option(name, { nil: '' })),
      {
        minLength: 1,
        maxLength: 2,
      },
    ),
    parts: fc.array(
      fc.record({
        part: fc.oneof(single, several, nested),
        from: fc.tuple(fc.nat(), fc.nat()),
        common: some({ name, trainable: fc.boolean() }),
      }),
      { minLength: 1, maxLength: 6 },
    ),
    outputs: fc.constantFrom<'one' | 'list' | 'names'>('one', 'list', 'names'),
    more: fc.array(fc.nat(), { maxLength: 1 }),
    options: some({ seed: fc.maxSafeNat(), name }),
    compile: fc.option(fc.record({ optimizer, loss: fc.constantFrom('mse', 'huber', 'own'), weight: number(0, 2) }), {
      freq: 5,
      nil: undefined,
    }),
    frozen: fc.array(fc.nat(), { maxLength: 2 }),
    metadata,
  })
  .map(({ inputs, parts, outputs, more, options, compile, frozen, metadata }) => async () => {
    let made: Functional | undefined;
    try {
      const given = inputs.map(([shape, name]) => input({ shape, ...(name !== '' && { name }) }));
      const values: SymbolicTensor[] = [...given];
      for (const { part, from, common } of parts) {
        const chosen = from.map((index) => values[index % values.length] as SymbolicTensor);
        values.push(part(chosen, common));
      }
      // every input is used
      const last = layers.concatenate().apply([...given, values.at(-1) as SymbolicTensor].map(pair));
      const results = [last, ...more.map((index) => pair(values[index % values.length] as SymbolicTensor))];
      const ports: Ports =
        outputs === 'one'
          ? last
          : outputs === 'list'
            ? results
            : Object.fromEntries(results.map((one, i) => [`out ${i}`, one]));
      made = model({ inputs: given, outputs: ports, ...options });
      for (const [key, text] of Object.entries(metadata)) made.metadata.set(key, text);
      if (compile === undefined) return made;
      const loss = compile.loss === 'own' ? losses.custom(squaredError) : (compile.loss as 'mse');
      const count = outputs === 'one' ? 1 : results.length;
      const metrics = [losses.meanAbsoluteError({ reduction: 'sum' }), 'mse' as const];
      const each = <T>(one: T) => (count === 1 ? one : results.map(() => one)) as T;
      made.compile({
        optimizer: compile.optimizer,
        loss: each(loss),
        metrics: each(metrics),
        ...(count > 1 && { lossWeights: each(compile.weight) }),
      });
      const x = given.map(({ shape: [, ...shape] }, i) => floats([4, ...(shape as number[])], i + 1));
      const y = results.slice(0, count).map(({ shape: [, ...shape] }, i) => floats([4, ...(shape as number[])], i + 5));
      await made.fit(x.length === 1 ? (x[0] as never) : (x as never), y.length === 1 ? (y[0] as never) : (y as never), {
        batchSize: 2,
      });
      // frozen since it was compiled, and so not yet
      for (const index of frozen) {
        const layer = made.layers[index % made.layers.length];
        if (layer !== undefined) layer.trainable = !layer.trainable;
      }
      return made;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      made?.dispose();
      return undefined;
    }
  });
