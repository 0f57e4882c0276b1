/** What kind of model it is, before there are weights: layers, how they are connected, and the names of inputs and outputs. */
import type { JsonObject, Seen } from '../config.ts';
import type { Layer, Shape } from '../layers/layer.ts';
import type { Network } from './network.ts';

/** A model's parts. */
export interface Structure {
  readonly kind: 'sequential' | 'functional';
  readonly layers: readonly Layer[];
  /** Names of the inputs, for data. */
  readonly inputNames: readonly string[];
  /** Names of the outputs, for losses and metrics. */
  readonly outputNames: readonly string[];
  /** Connects the layers for one sample of each input. */
  readonly network: (shapes: readonly Shape[]) => Network;
  /** The shapes of the inputs, if known from the start. */
  readonly inputShapes: readonly Shape[] | undefined;
  /** As plain JSON. */
  readonly describe: (seen: Seen) => JsonObject;
}

/** Names of a model's inputs, and of its outputs that have a loss. */
export interface PortNames {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}
