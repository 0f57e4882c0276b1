/** What a layer is written from. */
import type { JsonObject } from '../../config.ts';
import type { ArrayOf } from '../described.ts';
import type { Emitter, Value } from './emitter.ts';

/** A call of a layer. */
export interface Call {
  readonly e: Emitter;
  readonly kind: string;
  /** The layer's name in the graph. */
  readonly label: string;
  /** Where its weights are: `encoder/dense`. */
  readonly path: string;
  /** All options, as plain JSON. */
  readonly options: JsonObject;
  readonly inputs: readonly Value[];
  /** The first input. */
  readonly x: Value;
  /** The shape of one sample of the output. */
  readonly shape: readonly number[];
  /** A weight by its name in the layer. */
  weight(name: string): ArrayOf;
  /** Whether the layer has it. */
  has(name: string): boolean;
}
