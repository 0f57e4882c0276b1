/** A client of this source over the worker that has been built, and what its tests train. */
import { afterAll } from 'vitest';
import { type Layer, layers, optimizers, type Sequential, sequential } from '../../src/index.ts';
import { type Client, type ConnectOptions, connect, type RemoteModel } from '../../src/worker/client.ts';
import { floats, labels } from '../helpers.ts';

export const WORKER = new URL('../../dist/worker.js', import.meta.url);

const open: Client[] = [];
afterAll(() => {
  for (const client of open) client.dispose();
});

/** Connects; the client is disposed of when the file's tests are done. */
export async function connected(options: ConnectOptions = {}): Promise<Client> {
  const client = await connect({ worker: WORKER, ...options });
  open.push(client);
  return client;
}

export const x = floats([96, 5], 1);
export const y = labels(96, 3, 2);

export const stack = (): Layer[] => [
  layers.dense({ units: 16, activation: 'relu', inputShape: [5] }),
  layers.dropout({ rate: 0.2 }),
  layers.dense({ units: 3, activation: 'softmax' }),
];
export const compileOptions = () => ({
  optimizer: optimizers.nadam({ learningRate: 0.01 }),
  loss: 'sparseCategoricalCrossentropy' as const,
  metrics: ['accuracy' as const],
});

export async function compiled(client: Client, seed = 3): Promise<RemoteModel> {
  const model = await client.sequential(stack(), { seed });
  await model.compile(compileOptions());
  return model;
}

/** The same model on this thread. */
export function here(seed = 3): Sequential {
  const model = sequential(stack(), { seed });
  model.compile(compileOptions());
  return model;
}
