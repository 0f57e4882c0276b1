/** What layers that merge several inputs into one output have in common. Each brings the operations it needs, so chains of layers do without them. */
import type { Value } from '../../graph/graph.ts';
import { several, showShape } from '../../validate.ts';
import { type LayerOptions, labelOf, type Shape } from '../layer.ts';
import { TracedLayer } from '../traced.ts';

const shown = (inputs: readonly Shape[]): string => inputs.map((shape) => showShape(['..', ...shape])).join(' and ');

/** A layer of at least `least` inputs, or of exactly as many. */
export abstract class Merge extends TracedLayer {
  readonly #least: number;
  readonly #exactly: boolean;

  constructor(kind: string, options: LayerOptions, own: readonly string[], least: number, exactly = false) {
    super(kind, options, own);
    this.#least = least;
    this.#exactly = exactly;
  }

  protected override shapeOf(inputs: readonly Shape[]): Shape {
    const [least, exactly] = [this.#least, this.#exactly];
    if (inputs.length < least || (exactly && inputs.length > least)) {
      const expected = `${exactly ? '' : 'at least '}${several(least, 'input')}`;
      throw new RangeError(`${labelOf(this)}: expected ${expected}, got ${inputs.length}: ${shown(inputs)}`);
    }
    this.checkShapes(inputs);
    return super.shapeOf(inputs);
  }

  protected abstract checkShapes(inputs: readonly Shape[]): void;

  /** Records the merge of two or more inputs. */
  protected abstract join(inputs: readonly Value[]): Value;

  protected trace(inputs: readonly Value[]): Value {
    const [first] = inputs;
    // one input is its own result
    return first !== undefined && inputs.length === 1 ? first : this.join(inputs);
  }

  /** @throws RangeError that names the layer and all shapes. */
  protected refuse(inputs: readonly Shape[], why: string): never {
    throw new RangeError(`${labelOf(this)}: inputs ${shown(inputs)} do not fit: ${why}`);
  }
}
