// Policy gradient (REINFORCE): a cart learns to balance a pole by pushing to the left or to the right.
// `node examples/cart-pole.js`, after `npm run build`.
// @ts-check
import { layers, optimizers, sequential } from 'simdescent';

const [CARTS, STEPS, UPDATES, DISCOUNT] = [16, 200, 60, 0.98];
let state = 5;
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};

/** Place, speed, angle and its speed, all near 0. */
const fresh = () => Array.from({ length: 4 }, () => (random() - 0.5) * 0.1);

/**
 * The cart a fiftieth of a second later, pushed by 10 N; the equations of Barto, Sutton and Anderson (1983). Sine and cosine are series, good enough for
 * small angles: those of the host may differ in the last bit from engine to engine.
 *
 * @param {number[]} cart
 * @param {number} action 0 for left, 1 for right
 */
function move([x = 0, v = 0, angle = 0, turn = 0], action) {
  const [force, pole, total, length, t] = [action === 1 ? 10 : -10, 0.1, 1.1, 0.5, 0.02];
  const squared = angle * angle;
  const sin = angle * (1 - (squared / 6) * (1 - squared / 20));
  const cos = 1 - (squared / 2) * (1 - squared / 12);
  const push = (force + pole * length * turn * turn * sin) / total;
  const turning = (9.8 * sin - cos * push) / (length * (4 / 3 - (pole * cos * cos) / total));
  const speeding = push - (pole * length * turning * cos) / total;
  return [x + t * v, v + t * speeding, angle + t * turn, turn + t * turning];
}
const fallen = ([x = 0, , angle = 0] = fresh()) => Math.abs(x) > 2.4 || Math.abs(angle) > 0.2095;

const policy = sequential(
  [layers.dense({ units: 32, activation: 'tanh', inputShape: [4] }), layers.dense({ units: 2, activation: 'softmax' })],
  { seed: 1 },
);
// with a weight for each sample, this loss is the one of REINFORCE: -log(chance of the action) · advantage
policy.compile({ optimizer: optimizers.adam({ learningRate: 0.01 }), loss: 'sparseCategoricalCrossentropy' });

/** All carts run for STEPS, or until they fall; one row for each step and cart. @param {(chance: number) => number} choose gets the chance of 1 */
function play(choose) {
  const carts = Array.from({ length: CARTS }, fresh);
  const rows = [];
  for (let step = 0; step < STEPS; step++) {
    const { data } = policy.predictOnBatch(carts);
    for (const [i, cart] of carts.entries()) {
      const [upright, action] = [!fallen(cart), choose(data[2 * i + 1] ?? 0)];
      rows.push({ cart, action, upright, sum: 0, advantage: 0 });
      if (upright) carts[i] = move(cart, action);
    }
  }
  return { rows, balanced: rows.filter(({ upright }) => upright).length / CARTS };
}

for (let update = 1; update <= UPDATES; update++) {
  const { rows, balanced } = play((chance) => (random() < chance ? 1 : 0));
  // The return of an action: a reward for this step and, discounted, for each that follows. Its advantage is what it has over the mean of the same step.
  for (let step = STEPS - 1; step >= 0; step--) {
    const now = rows.slice(step * CARTS, (step + 1) * CARTS);
    for (const [i, row] of now.entries())
      if (row.upright) row.sum = 1 + DISCOUNT * (rows[(step + 1) * CARTS + i]?.sum ?? 0);
    const up = now.filter(({ upright }) => upright);
    const mean = up.reduce((sum, row) => sum + row.sum, 0) / up.length;
    for (const row of up) row.advantage = row.sum - mean;
  }
  const [x, y] = [rows.map(({ cart }) => cart), rows.map(({ action }) => action)];
  policy.trainOnBatch(x, y, { sampleWeight: rows.map(({ advantage }) => advantage) });
  if (update % 10 === 0) console.log(`update ${update}: balanced for ${balanced.toFixed(1)} of ${STEPS} steps`);
}

const { balanced } = play((chance) => (chance > 0.5 ? 1 : 0));
console.log(`the likelier action always: ${balanced.toFixed(1)} of ${STEPS} steps`);
console.log(`digest ${await policy.digest()}`);
policy.dispose();
