/** The program of one-optimizer.js as a functional model: what leads from `input` to `model` must not bring the full core. */
import { input, model } from 'simdescent';
import * as layers from 'simdescent/layers';
import * as optimizers from 'simdescent/optimizers';

const x = input({ shape: [784] });
const hidden = layers.dense({ units: 300, activation: 'relu' }).apply(x);
const outputs = layers.dense({ units: 10, activation: 'softmax' }).apply(hidden);
const network = model({ inputs: x, outputs, seed: 42 });
network.compile({ optimizer: optimizers.nadam(), loss: 'sparseCategoricalCrossentropy' });
const images = { data: new Uint8Array(32 * 784), shape: [32, 784], divisor: 255 };
await network.fit(images, { data: new Uint8Array(32), shape: [32] });
console.log(await network.digest());
