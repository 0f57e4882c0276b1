// A layer of your own with weights: radial basis functions, whose centres and widths are learned.
// `node examples/custom-layer.js`, after `npm run build`.
// @ts-check
import { CustomLayer, configs, initializers, layers, loadModel, ops, optimizers, sequential } from 'simdescent';

class RadialBasis extends CustomLayer {
  /** @param {import('simdescent').LayerOptions & { units: number }} options */
  constructor(options) {
    super(options);
    this.units = options.units;
  }

  /** @override @param {readonly number[]} inputShape */
  build(inputShape) {
    const initializer = initializers.randomUniform({ minval: -1, maxval: 1 });
    this.centres = this.addWeight({ name: 'centres', shape: [this.units, inputShape[0] ?? 1], initializer });
    this.widths = this.addWeight({ name: 'widths', shape: [this.units], initializer: 'ones' });
  }

  /** exp(-width² |x - centre|²), for each centre. @param {import('simdescent').SymbolicValue} x */
  call(x) {
    const apart = ops.subtract(ops.expandDims(x, 1), this.centres ?? 0);
    const distance = ops.sum(ops.square(apart), { axis: 2 });
    return ops.exp(ops.negate(ops.multiply(distance, ops.square(this.widths ?? 1))));
  }

  /** @override */
  getConfig() {
    return { units: this.units };
  }
}
configs.register('RadialBasis', { layer: RadialBasis }); // saved models name the class, and loading finds it here

const x = Array.from({ length: 100 }, (_, i) => [i / 50 - 1]);
const y = x.map(([at = 0]) => [at * (4 * at * at - 3)]);
const net = sequential([new RadialBasis({ units: 12, inputShape: [1] }), layers.dense({ units: 1 })], { seed: 1 });
net.compile({ optimizer: optimizers.adam({ learningRate: 0.01 }), loss: 'mse' });
await net.fit(x, y, { epochs: 1000 });
console.log(`loss ${(await net.evaluate(x, y)).loss?.toFixed(4)}`);
const again = await loadModel(await net.save());
console.log((await again.digest()) === (await net.digest()) ? 'loaded with the same bits' : 'loaded with other bits');
console.log(`digest ${await net.digest()}`);
net.dispose();
again.dispose();
