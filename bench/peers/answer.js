// A peer's answers to requests (serve.js lists them), in Node or on a page.

async function time(one, milliseconds, calls = Number.POSITIVE_INFINITY) {
  const start = performance.now();
  let done = 0;
  let took = 0;
  let n = 1;
  do {
    done += await one.run(n);
    took = performance.now() - start;
    n = Math.max(1, Math.min(done, Math.ceil(((milliseconds - took) * done) / took)));
  } while (took < milliseconds && done < calls);
  return { milliseconds: took / done, calls: done };
}

/** A function that answers requests for `peer`. Trainers, products and predictors are made once; `run(n)` of one makes n calls or a few more. */
export function answering(peer) {
  const running = new Map();

  const makers = {
    step: ({ optimizer }) => peer.trainer(optimizer),
    product: (request) => peer.product(request),
    predict: ({ rows }) => peer.predictor(rows),
  };

  async function runner({ do: kind, optimizer, rows, as, m, n, k }) {
    const key = JSON.stringify([kind, optimizer, rows, as, m, n, k]);
    if (!running.has(key)) running.set(key, await makers[kind]({ optimizer, rows, as, m, n, k }));
    return running.get(key);
  }

  return async (request) => {
    const { milliseconds, calls } = request;
    if (request.fresh) {
      const trainer = await peer.trainer(request.optimizer);
      await trainer.run(1);
      return time(trainer, milliseconds, calls);
    }
    if (request.do !== 'loss') return time(await runner(request), milliseconds, calls);
    const trainer = await peer.trainer(request.optimizer, request.steps);
    await trainer.run(request.steps);
    return { loss: await trainer.loss() };
  };
}
