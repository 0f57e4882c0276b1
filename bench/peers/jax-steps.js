// Training steps of jax-js for any loss of a list of weights, each one function under `jit`. It counts references: a function consumes its
// arguments, `.ref` keeps one for later.

export function jaxSteps({ jit, np, valueAndGrad }, lossOf, rates) {
  const differentiate = (w, x, y) =>
    valueAndGrad(lossOf)(
      w.map((one) => one.ref),
      x,
      y,
    );
  return {
    sgd: jit((w, x, y) => {
      const [loss, g] = differentiate(w, x, y);
      return [w.map((one, i) => one.sub(g[i].mul(rates.sgd))), loss];
    }),
    // Keras' Adam; `rate` carries the bias corrections of the step
    adam: jit((w, m, v, x, y, rate) => {
      const [loss, g] = differentiate(w, x, y);
      const m1 = m.map((one, i) => one.mul(0.9).add(g[i].ref.mul(0.1)));
      const v1 = v.map((one, i) => one.mul(0.999).add(np.square(g[i]).mul(0.001)));
      const w1 = w.map((one, i) => one.sub(m1[i].ref.mul(rate.ref).div(np.sqrt(v1[i].ref).add(1e-7))));
      rate.dispose();
      return [w1, m1, v1, loss];
    }),
    /** Of Adam's step t, from 1 on. */
    rateOf: (t) => np.array((rates.adam * Math.sqrt(1 - 0.999 ** t)) / (1 - 0.9 ** t)),
  };
}
