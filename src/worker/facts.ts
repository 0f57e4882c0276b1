/** What a client knows of a model in the worker, told when the model is made. */
import type { Functional, Model, Sequential } from '../index.ts';

/** A layer that has weights of its own, by the names that lead to it: `encoder/dense`. */
export interface LeafFacts {
  readonly path: string;
  readonly name: string;
  readonly kind: string;
  readonly trainable: boolean;
}

export interface ModelFacts extends Pick<Model, 'name' | 'seed' | 'epoch' | 'inputNames' | 'outputNames'> {
  /** Names of the outputs that have a loss. */
  readonly targets: readonly string[];
  readonly leaves: readonly LeafFacts[];
  /** The layers of the model, and which of the leaves each of them is or has. */
  readonly layers: readonly { readonly name: string; readonly kind: string; readonly leaves: readonly number[] }[];
}

export function factsOf(model: Sequential | Functional): ModelFacts {
  const { name, seed, epoch, inputNames, outputNames, leaves, layers } = model;
  const numbers = new Map(leaves.map(({ layer }, number) => [layer, number]));
  return {
    ...{ name, seed, epoch, inputNames, outputNames },
    targets: model.portNames().outputs,
    leaves: leaves.map(({ path, layer: { name, kind, trainable } }) => ({ path, name, kind, trainable })),
    layers: layers.map((layer) => ({
      name: layer.name,
      kind: layer.kind,
      leaves: (numbers.has(layer) ? [{ layer }] : (layer.inner?.leaves ?? [])).flatMap(
        (leaf) => numbers.get(leaf.layer) ?? [],
      ),
    })),
  };
}
