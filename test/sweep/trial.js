// Trains a small network in a process of a pool. Its context may say how it misbehaves.
import { writeFileSync } from 'node:fs';
import { layers, loadModel, optimizers, sequential } from '../../dist/index.js';

const x = Array.from({ length: 60 }, (_, i) => [((i * 7) % 20) / 10 - 1, ((i * 13) % 17) / 8 - 1]);
const y = x.map(([a, b]) => [a * b]);

export function setup(context) {
  if (context?.unready) throw new Error('the data is not there');
}

export async function run({ settings, checkpoint, keep, fit, trial }, context = {}) {
  if (context.die === trial) process.kill(process.pid, 'SIGKILL');
  if (context.fail === trial) throw new RangeError('it does not fit');
  if (context.pids) writeFileSync(`${context.pids}/${process.pid}`, '');
  const { rate, units, optimizer } = settings;
  const made = () => {
    const stack = [layers.dense({ units, activation: 'tanh', inputShape: [2] }), layers.dense({ units: 1 })];
    const model = sequential(stack, { seed: 1 });
    model.compile({ optimizer: optimizers[optimizer]({ learningRate: rate }), loss: 'mse' });
    return model;
  };
  const model = checkpoint ? await loadModel(checkpoint) : made();
  const callbacks = [...fit.callbacks];
  // so that a test can interrupt it
  if (context.pause) callbacks.push({ onEpochEnd: () => new Promise((go) => setTimeout(go, context.pause)) });
  try {
    await model.fit(x, y, { ...fit, callbacks, batchSize: 10 });
    return { checkpoint: keep ? await model.save() : undefined };
  } finally {
    model.dispose();
  }
}
