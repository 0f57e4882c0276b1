// The update of every optimizer, in nanoseconds per parameter of the reference network: with gradients as at the start of a
// training, with all-zero gradients after a long time of zeros, and for weights of a half-dead network. Optimizers that measure whole weights are called through
// the public API, with the weights of that network, and Adam beside them.
import { createRuntime, optimizers, tensor } from 'simdescent';
import { loadCore, randomFloats } from './core.js';
import { nanoseconds, round } from './harness.js';

export const name = 'optimizers';

const PARAMETERS = 266_610;
/** The long time is spent on this many parameters, whose slots are then copied to all others. */
const SMALL = 4096;
const STEPS = 100_000;

/** Keras' defaults; `options` in the order of src/optimizers/facts/. */
const RULES = [
  { name: 'sgd', kind: 'SGD', slots: 0, rate: 0.01 },
  { name: 'momentum', kind: 'MOMENTUM', slots: 1, rate: 0.01, options: [0.9] },
  { name: 'nesterov', kind: 'NESTEROV', slots: 1, rate: 0.01, options: [0.9] },
  { name: 'adagrad', kind: 'ADAGRAD', slots: 1, initial: 0.1, options: [0.1, 1e-7, 2] },
  { name: 'rmsprop', kind: 'RMSPROP', slots: 1, options: [0.9, 0, 0, 1e-7, 2] },
  { name: 'rmsprop, momentum, centered', kind: 'RMSPROP', slots: 3, options: [0.9, 0.9, 1, 1e-7, 2] },
  { name: 'adam', kind: 'ADAM', slots: 2, options: [0.9, 0.999, 1e-7] },
  { name: 'adam, amsgrad', kind: 'ADAM', slots: 3, options: [0.9, 0.999, 1e-7, 1] },
  { name: 'adamw', kind: 'ADAM', slots: 2, options: [0.9, 0.999, 1e-7], weightDecay: 0.004 },
  { name: 'nadam', kind: 'NADAM', slots: 2, options: [0.9, 0.999, 1e-7, 1] },
  { name: 'ftrl', kind: 'FTRL', slots: 2, initial: 0.1, options: [-0.5, 0.1, 0, 0, 0, 0] },
  { name: 'adadelta', kind: 'ADADELTA', slots: 2, options: [0.95, 1e-7] },
  { name: 'adamax', kind: 'ADAMAX', slots: 2, options: [0.9, 0.999, 1e-7] },
  { name: 'yogi', kind: 'YOGI', slots: 2, initial: 1e-6, options: [0.9, 0.999, 1e-3] },
  { name: 'signSgd', kind: 'SIGN_SGD', slots: 0 },
  { name: 'radam', kind: 'RADAM', slots: 2, options: [0.9, 0.999, 1e-8] },
  { name: 'adabelief', kind: 'ADABELIEF', slots: 2, options: [0.9, 0.999, 1e-16, 1e-16] },
  { name: 'adan', kind: 'ADAN', slots: 4, options: [0.98, 0.92, 0.99, 1e-8, 1e-8] },
  { name: 'lion', kind: 'LION', slots: 1, options: [0.9, 0.99] },
  { name: 'scheduleFreeSgd', kind: 'SCHEDULE_FREE_SGD', slots: 1, rate: 1, options: [0.9, 0] },
  { name: 'scheduleFreeAdamW', kind: 'SCHEDULE_FREE_ADAMW', slots: 2, rate: 0.0025, options: [0.9, 0, 0.999, 1e-8] },
  { name: 'rprop', kind: 'RPROP', slots: 2, rate: 0.01, options: [0.5, 1.2, 1e-6, 50] },
  { name: 'asgd', kind: 'ASGD', slots: 1, rate: 0.01, options: [1e-4, 0.75, 1e6] },
  { name: 'adabound', kind: 'ADABOUND', slots: 2, options: [0.9, 0.999, 1e-8, 100, 1e-3, 0] },
  { name: 'sophia', kind: 'SOPHIA', slots: 2, rate: 1e-4, options: [0.965, 0.99, 1e-12, 1.28, 10] },
  { name: 'ademamix', kind: 'ADEMAMIX', slots: 3, options: [0.9, 0.999, 0.9999, 6, 1e-8] },
];

/** Those that take several passes over a weight. */
const PASSES = ['adam', 'lamb', 'lars', 'novograd', 'adafactor', 'muon', 'dAdaptAdam', 'prodigy', 'soap'];
const ESTIMATING = ['dAdaptAdam', 'prodigy'];
const SHAPES = [[784, 300], [300], [300, 100], [100], [100, 10], [10]];

export async function run(harness, { module, codes }) {
  const cases = RULES.map((rule) => ({
    name: rule.name,
    rule,
    measure: () => {
      const core = loadCore(module, codes);
      const fresh = prepare(core, rule);
      fresh.gradients.set(randomFloats(PARAMETERS, 0.01));
      const zeros = prepare(loadCore(module, codes), rule);
      zeros.grow(harness.quick ? STEPS / 10 : STEPS);
      const { first, second, over } = harness.timeBoth(zeros.step, fresh.step);
      return { ...second, zeros: first, over };
    },
  }));
  await harness.table(
    `optimizers, ns per parameter at ${PARAMETERS.toLocaleString('en')} parameters`,
    cases,
    (timing, { rule }) => ({
      'fresh best': nanoseconds(timing.min, PARAMETERS),
      'fresh median': nanoseconds(timing.median, PARAMETERS),
      'zeros best': nanoseconds(timing.zeros.min, PARAMETERS),
      'zeros median': nanoseconds(timing.zeros.median, PARAMETERS),
      'zeros/fresh': round(timing.over, 3),
      'fresh best GB/s': round(((3 + 2 * rule.slots) * 4 * PARAMETERS) / timing.min / 1e6, 1),
    }),
  );
  await harness.table(
    'optimizers of several passes, ns per parameter of the reference network, one thread',
    PASSES.map((name) => ({ name, measure: () => timePasses(harness, name) })),
    ({ min, median }) => ({ best: nanoseconds(min, PARAMETERS), median: nanoseconds(median, PARAMETERS) }),
  );
}

function timePasses(harness, name) {
  const runtime = createRuntime({ threads: 1 });
  // the same gradient again and again would let estimates of the rate grow without end
  const optimizer = optimizers[name](ESTIMATING.includes(name) ? { growthRate: 1 } : {});
  const make = (scale) => (shape) => {
    const n = shape.reduce((a, b) => a * b, 1);
    return tensor(shape, randomFloats(n, scale), { runtime });
  };
  const gradients = SHAPES.map(make(0.01));
  const pairs = SHAPES.map(make(0.05)).map((weight, i) => [weight, gradients[i]]);
  try {
    return harness.time(() => optimizer.apply(pairs));
  } finally {
    optimizer.dispose();
    runtime.dispose();
  }
}

function prepare({ x, codes, memory, alloc, f32 }, rule) {
  const { kind, slots: count, rate = 0.001, initial = 0, weightDecay = 0, options = [] } = rule;
  const state = alloc(codes.STATE_BYTES);
  const view = new DataView(memory.buffer, state, codes.STATE_BYTES);
  view.setInt32(codes.AT_KIND, codes[kind], true);
  view.setFloat64(codes.AT_LEARNING_RATE, rate, true);
  view.setFloat64(codes.AT_WEIGHT_DECAY, weightDecay, true);
  for (const [i, value] of options.entries()) view.setFloat64(codes.AT_OPTIONS + 8 * i, value, true);

  const w = f32(randomFloats(PARAMETERS, 0.05));
  const gradients = f32(PARAMETERS);
  const slots = f32(count * PARAMETERS);
  slots.view.fill(initial);
  const stride = PARAMETERS * 4;
  const update = (n) => {
    x.prepareOptimizer(state);
    x.updateParameters(state, w.at, gradients.at, slots.at, stride, n);
    x.advanceOptimizer(state);
  };
  return {
    gradients: gradients.view,
    step: () => update(PARAMETERS),
    /** A hundred steps with gradients, then `steps` without: slots pass through all small numbers on their way to zero. */
    grow(steps) {
      for (let t = 0; t < 100; t++) {
        gradients.view.set(randomFloats(SMALL, 0.01));
        update(SMALL);
      }
      gradients.view.fill(0);
      for (let t = 0; t < steps; t++) update(SMALL);
      for (let k = 0; k < count; k++) {
        const slot = slots.view.subarray(k * PARAMETERS, (k + 1) * PARAMETERS);
        for (let at = SMALL; at < PARAMETERS; at += SMALL) slot.copyWithin(at, 0, Math.min(SMALL, PARAMETERS - at));
      }
    },
  };
}
