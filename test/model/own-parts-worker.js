// A worker that knows the parts of the user's own that random-graphs.ts makes models of.
import { CustomLayer, configs, ops } from '../../dist/index.js';
import '../../dist/worker.js';

class Shift extends CustomLayer {
  build(inputShape) {
    this.by = this.addWeight({ name: 'by', shape: inputShape, trainable: false });
  }
  call(x) {
    return ops.add(x, this.by);
  }
}
configs.register('Shift', { layer: Shift });
configs.register('double', { lambda: (x) => ops.multiply(x, 2) });
configs.register('squared', {
  loss: (yTrue, yPred) => ops.mean(ops.square(ops.subtract(yTrue, yPred)), { axis: -1 }),
});
