import type { Model } from '../model/model.ts';
import { checkBoolean, checkOptions } from '../validate.ts';
import { type BuiltInCallback, madeBy } from './callback.ts';

/** Options of {@link terminateOnNaN}. */
export interface TerminateOnNaNOptions {
  /** Make `fit` reject with an Error instead of ending the training. Default false. */
  readonly raiseError?: boolean;
}

/**
 * Ends the training after a batch whose loss is not finite; `fit` warns on the console. Keras' `TerminateOnNaN`. It looks at every
 * batch, so training returns to JavaScript after each.
 *
 * @example
 * ```ts
 * import { callbacks, layers, optimizers, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 1, inputShape: [1] })]);
 * model.compile({ optimizer: optimizers.sgd({ learningRate: 1e30 }), loss: 'mse' });
 * const { epoch } = await model.fit([[1], [2]], [[3], [5]], { epochs: 50, callbacks: [callbacks.terminateOnNaN()] });
 * epoch.length; // far fewer than 50
 * ```
 */
export function terminateOnNaN(options: TerminateOnNaNOptions = {}): BuiltInCallback {
  checkOptions('callbacks.terminateOnNaN', options, ['raiseError']);
  const { raiseError = false } = options;
  checkBoolean('raiseError', raiseError);
  let model: Model | undefined;
  return Object.freeze<BuiltInCallback>({
    made: madeBy('terminateOnNaN', options),
    setModel(owner) {
      model = owner;
    },
    onTrainBatchEnd(batch, { loss }) {
      if (loss === undefined || Number.isFinite(loss)) return;
      if (raiseError) throw new Error(`terminateOnNaN: the loss is ${loss} after batch ${batch + 1}`);
      if (model !== undefined) model.stopTraining = true;
    },
  });
}
