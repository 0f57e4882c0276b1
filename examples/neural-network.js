// A neural network in five words: add, train, classify, save, load. A class of sixty lines puts names, scaling and classes around a model, as libraries for
// beginners do, and learns what colours are called. `node examples/neural-network.js`, after `npm run build`.
// @ts-check
import { layers, loadModel, optimizers, sequential } from 'simdescent';
import { keepPreprocessing, labelEncode, minMax, preprocessingOf } from 'simdescent/data';

/** @typedef {Record<string, number>} Inputs numbers by name */

class NeuralNetwork {
  /** @type {{ inputs: Inputs, label: string }[]} */
  #rows = [];
  /** @type {import('simdescent').Sequential | undefined} */
  #model;

  /** Remembers an example. @param {Inputs} inputs @param {string} label */
  add(inputs, label) {
    this.#rows.push({ inputs, label });
  }

  /** Learns from all examples, and returns the accuracy on them. @param {{ epochs?: number, hidden?: number, seed?: number }} options */
  async train({ epochs = 32, hidden = 16, seed = 0 } = {}) {
    const names = Object.keys(this.#rows[0]?.inputs ?? {});
    const x = this.#rows.map(({ inputs }) => names.map((name) => inputs[name] ?? 0));
    const labels = this.#rows.map(({ label }) => label);
    const [scaler, encoder] = [minMax(x), labelEncode(labels)];
    this.#model?.dispose();
    this.#model = sequential(
      [
        layers.dense({ units: hidden, activation: 'relu', inputShape: [names.length] }),
        layers.dense({ units: encoder.classes.length, activation: 'softmax' }),
      ],
      { seed },
    );
    this.#model.compile({
      optimizer: optimizers.adam({ learningRate: 0.02 }),
      loss: 'sparseCategoricalCrossentropy',
      metrics: ['accuracy'],
    });
    this.#model.metadata.set('inputs', names.join());
    keepPreprocessing(this.#model, { scaler, encoder });
    const { history } = await this.#model.fit(scaler.apply(x), encoder.apply(labels), { epochs, batchSize: 16 });
    return history.accuracy?.at(-1) ?? 0;
  }

  /** Labels with their chances, the likeliest first. @param {Inputs} inputs */
  classify(inputs) {
    const model = this.#trained;
    const { scaler, encoder } = /** @type {any} */ (preprocessingOf(model));
    const names = model.metadata.get('inputs')?.split(',') ?? [];
    const { data } = model.predictOnBatch(scaler.apply([names.map((name) => inputs[name] ?? 0)]));
    return Array.from(data, (chance, i) => ({ label: String(encoder.classes[i]), chance })).sort(
      (a, b) => b.chance - a.chance,
    );
  }

  /** All of it as the bytes of a file. */
  save() {
    return this.#trained.save();
  }

  /** @param {Uint8Array} bytes */
  async load(bytes) {
    this.#model?.dispose();
    this.#model = await loadModel(bytes);
  }

  digest() {
    return this.#trained.digest();
  }

  get #trained() {
    if (this.#model === undefined) throw new Error('train or load the network first');
    return this.#model;
  }
}

// colours of our own: what a person would call them, by rules
let state = 11;
const byte = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state >>> 24;
};
/** @param {Inputs} colour */
function nameOf({ r = 0, g = 0, b = 0 }) {
  const [least, most] = [Math.min(r, g, b), Math.max(r, g, b)];
  if (most - least < 50) return 'grey-ish';
  if (r > 150 && g > 120 && b < 100) return 'yellow-ish';
  return most === r ? 'red-ish' : most === g ? 'green-ish' : 'blue-ish';
}

const network = new NeuralNetwork();
for (let i = 0; i < 600; i++) {
  const colour = { r: byte(), g: byte(), b: byte() };
  network.add(colour, nameOf(colour));
}
console.log(`accuracy ${(await network.train({ epochs: 60, hidden: 24, seed: 1 })).toFixed(3)}`);

const loaded = new NeuralNetwork();
await loaded.load(await network.save());
for (const colour of [
  { r: 250, g: 20, b: 30 },
  { r: 20, g: 30, b: 240 },
]) {
  const [best] = loaded.classify(colour);
  console.log(`${JSON.stringify(colour)} is ${best?.label}`);
}
console.log(`digest ${await network.digest()}`);
