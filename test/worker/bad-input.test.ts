/** What is wrong comes back from a worker as the Error that is thrown here. */
import { beforeAll, describe, expect, test } from 'vitest';
import { layers } from '../../src/index.ts';
import type { Client } from '../../src/worker/client.ts';
import { floats, labels } from '../helpers.ts';
import { compiled, connected, stack, x, y } from './connected.ts';

let client: Client;
beforeAll(async () => {
  client = await connected();
});

describe('bad input comes back as what is thrown here', () => {
  test.each<[string, (client: Client) => Promise<unknown>, string, RegExp]>([
    [
      'a layer',
      (c) => c.sequential([{ className: 'dense', config: { units: 0 } }]),
      'RangeError',
      /^units must be an integer at least 1, got 0/,
    ],
    [
      'layers that do not fit',
      (c) => c.sequential([layers.flatten({ inputShape: [4] }), layers.reshape({ targetShape: [3] })]),
      'RangeError',
      /cannot make \[3\]/,
    ],
    ['no list of layers', (c) => c.sequential(layers.flatten() as never), 'TypeError', /one array.*got Layer/],
    [
      'an unknown option',
      (c) => c.sequential([], { seeed: 3 } as object),
      'RangeError',
      /unknown option of sequential 'seeed'/,
    ],
    [
      'an unknown loss',
      async (c) => (await compiled(c)).compile({ loss: 'mze' as 'mse' }),
      'RangeError',
      /did you mean 'mse'/,
    ],
    [
      'another shape',
      async (c) => (await compiled(c)).fit(floats([9, 6], 1), labels(9, 3, 1)),
      'RangeError',
      /dense: expected input \[\.\., 5\], got \[\.\., 6\]/,
    ],
    [
      'a wrong label',
      async (c) => (await compiled(c)).fit(x, { data: new Uint8Array(96).fill(3), shape: [96] }),
      'RangeError',
      /y\[0\] is 3/,
    ],
    [
      'callbacks',
      async (c) => (await compiled(c)).fit(x, y, { callbacks: [{ onTestEnd() {} }] } as object),
      'RangeError',
      /^callbacks\[0\]\.onTestEnd cannot be called/,
    ],
    [
      'an unknown option of fit',
      async (c) => (await compiled(c)).fit(x, y, { epoch: 3 } as object),
      'RangeError',
      /unknown option of fit 'epoch'/,
    ],
    [
      'a function among the options',
      async (c) => (await compiled(c)).fit(x, y, { shuffle: (() => true) as never }),
      'DataCloneError',
      /./,
    ],
    [
      'a shape that does not fit the data',
      async (c) => c.data({ data: new Float32Array(3), shape: [2, 2] }),
      'RangeError',
      /shape \[2, 2\] has 4 elements, data has 3/,
    ],
    [
      'data of another kind',
      async (c) => c.data({ data: new BigInt64Array(4) as never, shape: [4] }),
      'TypeError',
      /^data.data must hold numbers, got BigInt64Array/,
    ],
    [
      'a negative size',
      async (c) => c.data({ data: new Float32Array(4), shape: [-2, -2] }),
      'RangeError',
      /at least 0/,
    ],
    [
      'no validation targets',
      async (c) => (await compiled(c)).fit(x, y, { validationData: [x] as never }),
      'TypeError',
      /validationData must be/,
    ],
    ['not compiled', async (c) => (await c.sequential(stack())).fit(x, y), 'Error', /must be compiled first/],
    [
      'an unknown layer to look at',
      async (c) => (await compiled(c)).layerOutputs(x, { layers: ['x'] }),
      'RangeError',
      /unknown layer 'x'/,
    ],
  ])('%s', async (_name, run, name, message) => {
    const error: unknown = await run(client).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name, message: expect.stringMatching(message) });
    if (name !== 'DataCloneError') expect(error?.constructor.name).toBe(name);
  });

  test('after dispose', async () => {
    const model = await compiled(client);
    model.dispose();
    model.dispose();
    await expect(model.digest()).rejects.toThrow('sequential has been disposed of');
    await expect(model.fit(x, y)).rejects.toThrow('sequential has been disposed of');
  });

  test('a second training of a model that is being trained', async () => {
    const model = await compiled(client);
    const short = model.fit(x, y);
    await expect(model.fit(x, y)).rejects.toThrow(/is being trained already/);
    await short;
    const fit = model.fit(x, y, { epochs: 1e6 });
    await expect(model.fit(x, y)).rejects.toThrow(/is being trained already/);
    model.dispose();
    await expect(fit).rejects.toThrow(/has been disposed of/);
  });

  test('a runtime that cannot be', async () => {
    await expect(connected({ threads: -1 })).rejects.toThrow(/^threads must be an integer from 1 to 64/);
    await expect(connected({ thread: 2 } as object)).rejects.toThrow(/unknown option of createRuntime 'thread'/);
  });
});
