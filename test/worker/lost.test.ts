import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { connect } from '../../src/worker/client.ts';
import { Heartbeat } from '../../src/worker/heartbeat.ts';
import { runSync } from '../child.ts';
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

describe('a worker that nobody tells of', () => {
  afterEach(() => void vi.useRealTimers());

  test('counts as lost when it has not answered for so long', async () => {
    // it takes `memory` for a reason to do nothing else any more
    const stuck = `import ${JSON.stringify(WORKER)};
      import { parentPort } from 'node:worker_threads';
      parentPort.on('message', ({ method }) => { while (method === 'memory'); });`;
    const told: string[] = [];
    const client = await connected({
      worker: new URL(`data:text/javascript,${encodeURIComponent(stuck)}`),
      answersWithin: 200,
      onLost: ({ message }) => told.push(message),
    });
    const message = 'the worker has ended, and its models with it: it has not answered for 0.2 s';
    await expect(client.memory()).rejects.toThrow(message);
    await expect(client.data(x)).rejects.toThrow(message);
    expect(told).toEqual([message]);
  });

  test('is asked only while something is awaited, and lost only when it has been asked in vain', () => {
    vi.useFakeTimers();
    let [asked, lost] = [0, 0];
    const heartbeat = new Heartbeat(
      1000,
      () => asked++,
      () => lost++,
    );
    vi.advanceTimersByTime(5000);
    expect([asked, lost]).toEqual([0, 0]);
    heartbeat.listen(true);
    for (let i = 0; i < 20; i++) {
      vi.advanceTimersByTime(900);
      heartbeat.heard();
    }
    expect(lost).toBe(0);
    expect(asked).toBeGreaterThan(50);
    heartbeat.listen(false);
    asked = 0;
    vi.advanceTimersByTime(5000);
    expect([asked, lost]).toEqual([0, 0]);
    heartbeat.listen(true);
    vi.advanceTimersByTime(1249);
    expect([asked, lost]).toEqual([4, 0]);
    vi.advanceTimersByTime(1);
    expect(lost).toBe(1);
    heartbeat.listen(false);
  });

  test('is given a time that makes sense', async () => {
    for (const answersWithin of [0, -1, Number.NaN, null as never])
      await expect(connected({ answersWithin })).rejects.toThrow(
        /^answersWithin must be a number of milliseconds above 0/,
      );
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
  const output = runSync(process.execPath, ['--input-type=module', '-e', script]);
  expect(output).toEqual({ stdout: '20000\n', stderr: '' });
});
