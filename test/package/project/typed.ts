/** The training of train.js as a user of TypeScript writes it; and mistakes that must not compile. */
import {
  type ArrayData,
  createRuntime,
  type History,
  layers,
  optimizers,
  type Sequential,
  sequential,
} from 'simdescent';

let state = 1;
const next = (): number => {
  state = (state * 48271) % 2147483647;
  return state;
};
const x: ArrayData = {
  data: Float32Array.from({ length: 256 * 64 }, () => (next() % 2001) / 1000 - 1),
  shape: [256, 64],
};
const y: ArrayData = { data: Int32Array.from({ length: 256 }, () => next() % 10), shape: [256] };

async function train(): Promise<string> {
  using runtime = createRuntime({ threads: 2, maximumMemory: 2 ** 26 });
  const model: Sequential = sequential(
    [
      layers.dense({ units: 128, activation: 'relu', inputShape: [64] }),
      layers.dense({ units: 10, activation: 'softmax' }),
    ],
    { seed: 42, runtime },
  );
  model.compile({ optimizer: optimizers.nadam({ learningRate: 0.01 }), loss: 'sparseCategoricalCrossentropy' });
  const history: History = await model.fit(x, y, { epochs: 5, batchSize: 64 });
  const losses: readonly number[] | undefined = history.history.loss;
  if (losses?.length !== 5) throw new Error('five epochs have five losses');
  return model.digest();
}

train().then((digest) => console.log(digest));

export function wrong(model: Sequential): void {
  // @ts-expect-error: a misspelt name
  model.compile({ optimizer: 'nadamm', loss: 'mse' });
  // @ts-expect-error: the loss is missing
  model.compile({ optimizer: 'nadam' });
}
