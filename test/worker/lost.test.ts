import { spawnSync } from 'node:child_process';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { connect } from '../../src/worker/client.ts';
import { compiled, connected, WORKER, x, y } from './connected.ts';

describe('a worker that ends', () => {
  test('rejects all that is pending and all that comes later, and tells', async () => {
    const worker = new Worker(WORKER);
    const told: string[] = [];
    const client = await connected({ worker, onLost: ({ message }) => told.push(message) });
    const model = await compiled(client);
    const fit = model.fit(x, y, { epochs: 1e9 });
    const calls = [fit, model.digest().then(() => fit), model.inspect({ x }).then(() => fit)];
    const outcomes = Promise.allSettled(calls);
    await model.pause();
    await worker.terminate();
    for (const outcome of await outcomes)
      expect(outcome).toMatchObject({
        status: 'rejected',
        reason: { message: /^the worker has ended, and its models with it/ },
      });
    await expect(model.predict(x)).rejects.toThrow(/^the worker has ended/);
    await expect(client.data(x)).rejects.toThrow(/^the worker has ended/);
    model.dispose();
    client.dispose();
    expect(told).toEqual(['the worker has ended, and its models with it: exit code 1']);
  });

  test('for want of a script, or by an error in it, is known as well', async () => {
    await expect(connect({ worker: new URL('./nothing.js', import.meta.url) })).rejects.toThrow(/nothing\.js/);
    const failing = new URL('data:text/javascript,throw new Error("broken script")');
    await expect(connect({ worker: failing })).rejects.toThrow(/the worker has ended.*broken script/);
    const leaving = new URL('data:text/javascript,process.exit(3)');
    await expect(connect({ worker: leaving })).rejects.toThrow(/the worker has ended.*exit code 3/);
  });

  test('that is somebody else does not hold up those who can wait no longer', async () => {
    const silent = new URL('data:text/javascript,setInterval(() => {}, 1000)');
    const controller = new AbortController();
    const waiting = connect({ worker: silent, signal: controller.signal });
    setTimeout(() => controller.abort(new Error('no longer')), 20);
    await expect(waiting).rejects.toThrow('no longer');
  });
});

test('a client that is disposed of rejects what is pending, once', async () => {
  const told: string[] = [];
  const client = await connected({ onLost: ({ message }) => told.push(message) });
  const model = await compiled(client);
  const fit = model.fit(x, y, { epochs: 1e9 });
  client.dispose();
  client.dispose();
  await expect(fit).rejects.toThrow('the client has been disposed of');
  await expect(model.digest()).rejects.toThrow('the client has been disposed of');
  expect(told).toEqual([]);
});

test('an idle client does not keep a process alive, one that trains does; the built client finds its worker by itself', () => {
  const script = `
    import { layers } from '${new URL('../../dist/index.js', import.meta.url)}';
    import { connect } from '${new URL('../../dist/client.js', import.meta.url)}';
    const client = await connect();
    const model = await client.sequential([layers.dense({ units: 1, inputShape: [1] })]);
    await model.compile({ loss: 'mse' });
    model.fit([[1], [2]], [[3], [5]], { epochs: 20000 }).then(({ epoch }) => console.log(epoch.length));
  `;
  const { stdout, status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    timeout: 50_000,
  });
  expect(stderr).toBe('');
  expect([stdout.trim(), status]).toEqual(['20000', 0]);
});
