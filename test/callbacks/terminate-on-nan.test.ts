import { describe, expect, test, vi } from 'vitest';
import { callbacks, layers, optimizers, sequential } from '../../src/index.ts';
import { errorOf } from '../helpers.ts';

/** A model whose loss is finite after the first batch, infinite or NaN soon after. */
async function explode(callback: ReturnType<typeof callbacks.terminateOnNaN>) {
  using model = sequential([layers.dense({ units: 1, inputShape: [1] })]);
  model.compile({ optimizer: optimizers.sgd({ learningRate: 1e15 }), loss: 'mse' });
  const fitting = model.fit([[1], [2], [3], [4], [5], [6]], [[3], [5], [7], [9], [11], [13]], {
    epochs: 50,
    batchSize: 1,
    callbacks: [callback],
  });
  const history = await fitting;
  return { history, iterations: model.optimizer?.iterations ?? 0 };
}

describe('terminateOnNaN', () => {
  test('ends the training after the batch whose loss is not finite, of which fit warns', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const { history, iterations } = await explode(callbacks.terminateOnNaN());
    expect(iterations).toBeGreaterThan(1);
    expect(iterations).toBeLessThan(6);
    expect(history.epoch).toEqual([0]);
    expect(Number.isFinite(history.history.loss?.[0])).toBe(false);
    expect(warn.mock.calls).toHaveLength(1);
    expect(warn.mock.calls[0]?.[0]).toMatch(/loss is (NaN|Infinity) in epoch 1/);
    warn.mockRestore();
  });

  test('raiseError lets fit reject', async () => {
    const error = await errorOf(() => explode(callbacks.terminateOnNaN({ raiseError: true })));
    expect(error.message).toMatch(/^terminateOnNaN: the loss is (NaN|Infinity) after batch \d$/);
  });

  test('leaves a healthy training alone', async () => {
    using model = sequential([layers.dense({ units: 1, inputShape: [1] })]);
    model.compile({ optimizer: 'sgd', loss: 'mse' });
    const { epoch } = await model.fit([[1], [2]], [[3], [5]], { epochs: 3, callbacks: [callbacks.terminateOnNaN()] });
    expect(epoch.length).toBe(3);
  });
});
