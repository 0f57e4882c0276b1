import { layers, optimizers, type Sequential, sequential } from 'simdescent';
import { parseIdx } from 'simdescent/datasets';

const model: Sequential = sequential([layers.dense({ units: 2, inputShape: [3] })], { seed: 1 });
model.compile({ optimizer: optimizers.nadam({ learningRate: 0.01 }), loss: 'mse' });
export const losses: Promise<number[] | undefined> = model
  .fit([[1, 2, 3]], [[1, 2]])
  .then(({ history }) => history.loss);
export { parseIdx };

// @ts-expect-error: a misspelt name
model.compile({ optimizer: 'nadamm', loss: 'mse' });
// @ts-expect-error: the loss is missing
model.compile({ optimizer: 'nadam' });
