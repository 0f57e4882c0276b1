// A worker that knows the parts of own-parts.ts.
import { CustomLayer, configs, ops } from '../../dist/index.js';
import '../../dist/worker.js';

class Shift extends CustomLayer {
  constructor(options = {}) {
    super(options);
    this.initial = options.initial ?? 'ones';
  }
  build(inputShape) {
    this.by = this.addWeight({ name: 'by', shape: inputShape, trainable: false });
    this.scale = this.addWeight({ name: 'scale', shape: [], initializer: this.initial });
  }
  call(x) {
    return ops.multiply(ops.add(x, this.by), this.scale);
  }
  getConfig() {
    return { initial: this.initial };
  }
}
configs.register('Shift', { layer: Shift });
configs.register('double', { lambda: (x) => ops.multiply(x, 2) });
configs.register('squared', {
  loss: (yTrue, yPred) => ops.mean(ops.square(ops.subtract(yTrue, yPred)), { axis: -1 }),
});
configs.register('pull', { regularizer: (w) => ops.multiply(ops.sum(ops.abs(w)), 0.01) });
