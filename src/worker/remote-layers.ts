/** Layers of a model in the worker. Nobody but its client freezes them, so the client knows which are frozen. */
import { checkBoolean } from '../validate.ts';
import type { LeafFacts, ModelFacts } from './facts.ts';

/** A layer of a model in the worker. */
export interface RemoteLayer {
  /** Its name in messages and in `summary()`. */
  readonly name: string;
  /** The kind of layer, as in its constructor function: `'dense'`. */
  readonly kind: string;
  /** Whether training changes its weights. Setting it counts from the next `compile`, as in Keras; that of a model within sets all its layers. */
  trainable: boolean;
}

/** The layers as their users see them; `send` tells the worker which are frozen, by their paths. */
export function layersOf(
  { layers, leaves }: ModelFacts,
  send: (paths: readonly string[], trainable: boolean) => void,
): { readonly layers: readonly RemoteLayer[]; readonly leaves: ReadonlyMap<string, RemoteLayer> } {
  const trainable = leaves.map((leaf) => leaf.trainable);
  const layerOf = ({ name, kind }: Pick<LeafFacts, 'name' | 'kind'>, own: readonly number[]): RemoteLayer =>
    Object.freeze({
      name,
      kind,
      get trainable() {
        return own.some((number) => trainable[number]);
      },
      set trainable(value: boolean) {
        checkBoolean('trainable', value);
        send(
          own.map((number) => leaves[number]?.path ?? ''),
          value,
        );
        for (const number of own) trainable[number] = value;
      },
    });
  return {
    layers: Object.freeze(layers.map((layer) => layerOf(layer, layer.leaves))),
    leaves: new Map(leaves.map((leaf, number) => [leaf.path, layerOf(leaf, [number])])),
  };
}
