/** Dense layers and one optimizer, nothing else: .size-limit.js says how large a bundle of this may be. */
import { sequential } from 'simdescent';
import * as layers from 'simdescent/layers';
import * as optimizers from 'simdescent/optimizers';

const model = sequential(
  [
    layers.dense({ units: 300, activation: 'relu', inputShape: [784] }),
    layers.dense({ units: 10, activation: 'softmax' }),
  ],
  { seed: 42 },
);
model.compile({ optimizer: optimizers.nadam(), loss: 'sparseCategoricalCrossentropy' });
const images = { data: new Uint8Array(32 * 784), shape: [32, 784], divisor: 255 };
await model.fit(images, { data: new Uint8Array(32), shape: [32] });
console.log(await model.digest());
