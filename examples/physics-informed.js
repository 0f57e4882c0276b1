// A network solves a differential equation: the swing of a damped spring, u'' + 2 d u' + w² u = 0, released at u = 1. It sees no solution: its loss is how
// far its derivatives by its input are from fulfilling the equation.
// `node examples/physics-informed.js`, after `npm run build`.
// @ts-check
import {
  compileFunction,
  compileStep,
  digest,
  grad,
  initializers,
  ops,
  optimizers,
  schedules,
  tensor,
} from 'simdescent';

const [DAMPING, FREQUENCY, END] = [0.3, 2, 4];
const [POINTS, STEPS, WIDTH] = [64, 3000, 32];

/** @typedef {import('simdescent').SymbolicValue} Value */
const layer = (/** @type {number} */ inputs, /** @type {number} */ units, /** @type {number} */ seed) => ({
  kernel: tensor([inputs, units], initializers.glorotUniform(), { seed }),
  bias: tensor([units]),
});
const parameters = { first: layer(1, WIDTH, 1), second: layer(WIDTH, WIDTH, 2), last: layer(WIDTH, 1, 3) };
/** @typedef {import('simdescent').Symbolic<typeof parameters>} Parameters */

/** @param {Value} x @param {Parameters['first']} layer */
const dense = (x, { kernel, bias }) => ops.add(ops.matmul(x, kernel), bias);

/** Where the spring is at times [n, 1]. The square makes it start at 1, at rest, whatever the network says. @param {Value} t @param {Parameters} p */
function place(t, { first, second, last }) {
  const part = ops.divide(t, END);
  const hidden = ops.tanh(dense(ops.subtract(ops.multiply(part, 2), 1), first));
  const network = dense(ops.tanh(dense(hidden, second)), last);
  return ops.add(ops.multiply(ops.square(part), network), 1);
}
// A place depends on its own time alone, so the gradient of the sum of the places is the speed at each time.
const speed = grad((/** @type {Value} */ t, /** @type {Parameters} */ p) => ops.sum(place(t, p)));
const acceleration = grad((/** @type {Value} */ t, /** @type {Parameters} */ p) => ops.sum(speed(t, p)));

const learningRate = schedules.cosineDecay({ initialLearningRate: 1e-2, decaySteps: STEPS });
const step = compileStep({
  parameters,
  optimizer: optimizers.adam({ learningRate }),
  loss: (p, t) => {
    const friction = ops.multiply(speed(t, p), 2 * DAMPING);
    const spring = ops.multiply(place(t, p), FREQUENCY ** 2);
    return ops.mean(ops.square(ops.add(acceleration(t, p), ops.add(friction, spring))));
  },
});
const times = Array.from({ length: POINTS }, (_, i) => [(i * END) / (POINTS - 1)]);
for (let i = 1; i <= STEPS; i++) {
  const loss = step(times);
  if (i % 500 === 0) console.log(`step ${i}: loss ${loss.toFixed(5)}`);
}

const solve = compileFunction(place);
const { data } = solve(times, parameters);
for (let i = 0; i < POINTS; i += 4) console.log(`${' '.repeat(Math.max(0, 30 + Math.round(30 * (data[i] ?? 0))))}*`);

const w = Math.sqrt(FREQUENCY ** 2 - DAMPING ** 2);
const exact = (/** @type {number} */ t) => Math.exp(-DAMPING * t) * (Math.cos(w * t) + (DAMPING / w) * Math.sin(w * t));
const errors = times.map(([t = 0], i) => Math.abs((data[i] ?? 0) - exact(t)));
console.log(`largest error ${Math.max(...errors).toFixed(5)}`);
console.log('digest', await digest(parameters));
for (const made of [step, speed, acceleration, solve]) made.dispose();
