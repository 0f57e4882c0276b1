import { DROPOUT } from '../../assembly/opcodes.ts';
import { floatWord, type Recorder } from '../engine/recorder.ts';
import { checkNumber, sizeOf } from '../validate.ts';
import { Layer, type LayerOptions, type Mode, type Recorded, type Value } from './layer.ts';

/** Options of {@link dropout}. */
export interface DropoutOptions extends LayerOptions {
  /** Share of the elements set to zero, from 0 to 1. */
  readonly rate: number;
}

class Dropout extends Layer {
  readonly #rate: number;

  constructor(options: DropoutOptions) {
    super('dropout', options, ['rate']);
    checkNumber('rate', options.rate, 0, 1);
    this.#rate = options.rate;
  }

  protected ownOptions() {
    return { rate: this.#rate };
  }

  protected recordForward(recorder: Recorder, x: Value, { training, seeds, index }: Mode): Recorded {
    if (!training || this.#rate === 0) return { y: x, backward: (dy) => dy };
    const perRow = sizeOf(x.shape);
    const emit = (label: string, out: number, from: number): void =>
      recorder.emit(label, DROPOUT, out, from, perRow, ...seeds, index, floatWord(this.#rate));
    const { name } = this;
    const y = recorder.buffer(perRow);
    emit(name, y, x.address);
    return {
      y: { address: y, shape: x.shape },
      // the mask is made anew from the same counters instead of being kept
      backward(dy) {
        emit(`${name} backward`, dy, dy);
        return dy;
      },
    };
  }
}

/**
 * While training, sets a random share of the elements to zero and multiplies the others by `1 / (1 - rate)`; otherwise does nothing.
 * Masks come from the model's seed, the layer's place, the step and the element: the same in every engine.
 *
 * @example
 * ```ts
 * import { layers } from 'simdescent';
 * layers.dropout({ rate: 0.2 });
 * ```
 */
export function dropout(options: DropoutOptions): Layer {
  return new Dropout(options);
}
