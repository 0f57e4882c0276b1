// Training steps of the reference network on one thread, a turn at a time, to compare engines: the same module
// in Node and on a page. Models on this thread, and models in the worker of `simdescent/client`.
import { connect } from 'simdescent/client';
import { imageModel, images } from '../network.js';

const STEPS = 200;
const BATCH = 32;

/**
 * Cases by name. The digest of each after 200 steps is the same in every engine; `turn(milliseconds)` trains for that long and returns
 * the milliseconds of a step, fit after fit of 200 steps.
 */
export async function open() {
  const data = images(STEPS * BATCH);
  const client = await connect({ threads: 1 });
  const placed = { x: await client.data(data.x), y: await client.data(data.y) };
  const cases = {};
  for (const [name, optimizer] of Object.entries({ SGD: 'sgd', Adam: 'adam' })) {
    const model = imageModel(optimizer);
    const remote = await client.modelFrom(model.toConfig());
    cases[name] = await caseOf(model, data);
    cases[`${name}, in a worker`] = await caseOf(remote, placed);
  }
  return { cases, close: () => client.dispose() };
}

async function caseOf(model, { x, y }) {
  const once = async () => {
    const start = performance.now();
    await model.fit(x, y, { batchSize: BATCH });
    return (performance.now() - start) / STEPS;
  };
  await once();
  return {
    digest: await model.digest(),
    async turn(milliseconds) {
      const times = [];
      const start = performance.now();
      do times.push(await once());
      while (performance.now() - start < milliseconds);
      return times;
    },
  };
}
