// Tensors, kernels and an optimizer without a model: logistic regression with a gradient written by hand.
// `node examples/custom-gradients.js`, after `npm run build`.
// @ts-check
import { digest, ops, optimizers, tensor } from 'simdescent';

const SAMPLES = 512;
const FEATURES = 8;

// Seeded data: a label is 1 on one side of a hidden plane, apart from a little noise.
let state = 7;
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return (state / 2 ** 31 - 1) * 2; // from -2 to 2
};
const hidden = Float64Array.from({ length: FEATURES }, random);
const rows = Float32Array.from({ length: SAMPLES * FEATURES }, random);
const labels = Float32Array.from({ length: SAMPLES }, (_, i) => {
  let score = random() * 0.5;
  for (let j = 0; j < FEATURES; j++) score += (hidden[j] ?? 0) * (rows[i * FEATURES + j] ?? 0);
  return score > 0 ? 1 : 0;
});

// Steps reuse these tensors. `data` of a tensor is a live typed array: reading and writing it copies nothing.
const x = tensor([SAMPLES, FEATURES], rows);
const y = tensor([SAMPLES, 1], labels);
const w = tensor([FEATURES, 1]);
const b = tensor([1]);
const z = tensor([SAMPLES, 1]);
const p = tensor([SAMPLES, 1]);
const dz = tensor([SAMPLES, 1]);
const dw = tensor([FEATURES, 1]);
const db = tensor([1]);
const share = tensor([SAMPLES, 1], new Float32Array(SAMPLES).fill(1 / SAMPLES));

/** p = sigmoid(x w + b). The results go where `out` says. */
function forward() {
  ops.matmul(x, w, { bias: b, out: z });
  ops.sigmoid(z, { out: p });
}

/** Mean of log(1 + e^z) - y z, which is the cross-entropy of sigmoid(z) without its rounding. */
function loss() {
  forward();
  const [one, two] = [ops.softplus(z), ops.multiply(y, z)];
  const mean = (ops.sum(one) - ops.sum(two)) / SAMPLES;
  one.dispose(); // a result without `out` is ours to free
  two.dispose();
  return mean;
}

/** dz = (p - y) / n, dw = xᵀ dz, db = sum of dz. */
function backward() {
  ops.subtract(p, y, { out: dz });
  ops.multiply(dz, share, { out: dz });
  ops.matmul(x, dz, { transposeA: true, out: dw });
  db.data[0] = ops.sum(dz);
}

// Check a gradient written by hand against the slope between two nearby points.
w.data.set(hidden.map((value) => value / 4));
forward();
backward();
for (let j = 0; j < FEATURES; j++) {
  const [here, step] = [w.data[j] ?? 0, 1 / 64];
  w.data[j] = here + step;
  const above = loss();
  w.data[j] = here - step;
  const below = loss();
  w.data[j] = here;
  const slope = (above - below) / (2 * step);
  if (!(Math.abs(slope - (dw.data[j] ?? 0)) < 1e-3)) throw new Error(`dw[${j}] is ${dw.data[j]}, the slope ${slope}`);
}
console.log('the gradient agrees with the slope of the loss');

w.data.fill(0);
const optimizer = optimizers.adam({ learningRate: 0.05 });
for (let step = 0; step <= 200; step++) {
  if (step % 50 === 0) console.log(`step ${step}: loss ${loss().toFixed(4)}`);
  forward();
  backward();
  optimizer.apply([
    [w, dw],
    [b, db],
  ]);
}

forward();
const right = labels.filter((label, i) => (p.data[i] ?? 0) > 0.5 === (label === 1)).length;
console.log(`accuracy ${(right / SAMPLES).toFixed(3)}`);
console.log('digest', await digest([w, b]));

optimizer.dispose();
for (const made of [x, y, w, b, z, p, dz, dw, db, share]) made.dispose();
