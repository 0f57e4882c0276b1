/** Parts of the user's own, registered on this thread; own-parts-worker.js registers the same ones in a worker. */
import {
  CustomLayer,
  configs,
  type LayerOptions,
  ops,
  type Shape,
  type SymbolicValue,
  type Weight,
} from '../../src/index.ts';

/** Adds a weight that is never trained, and multiplies by one that is. */
export class Shift extends CustomLayer {
  by?: Weight;
  scale?: Weight;
  readonly initial: 'zeros' | 'ones';
  constructor(options: LayerOptions & { readonly initial?: 'zeros' | 'ones' } = {}) {
    super(options);
    this.initial = options.initial ?? 'ones';
  }
  override build(inputShape: Shape) {
    this.by = this.addWeight({ name: 'by', shape: inputShape, trainable: false });
    this.scale = this.addWeight({ name: 'scale', shape: [], initializer: this.initial });
  }
  call(x: SymbolicValue) {
    return ops.multiply(ops.add(x, this.by ?? 0), this.scale ?? 1);
  }
  override getConfig() {
    return { initial: this.initial };
  }
}
export const double = (x: SymbolicValue) => ops.multiply(x, 2);
export const squaredError = (yTrue: SymbolicValue, yPred: SymbolicValue) =>
  ops.mean(ops.square(ops.subtract(yTrue, yPred)), { axis: -1 });
export const pull = (w: SymbolicValue) => ops.multiply(ops.sum(ops.abs(w)), 0.01);

configs.register('Shift', { layer: Shift });
configs.register('double', { lambda: double });
configs.register('squared', { loss: squaredError });
configs.register('pull', { regularizer: pull });
