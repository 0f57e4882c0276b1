/** The model that is made from a graph: layers, their calls and weights, as a description. */
import type { Config, Json } from '../../config.ts';
import type { ModelConfig } from '../../model/config.ts';
import { printable, shorten, sizeOf } from '../../validate.ts';
import type { ArrayOf } from '../described.ts';
import type { Constant } from './constants.ts';

/** A weight: the array that it comes from, its shape here, and how to make its numbers. */
export interface Source {
  readonly from: Constant;
  readonly shape: readonly number[];
  numbers(): Float32Array;
}

export interface Input {
  readonly name: string;
  readonly shape: readonly number[];
}

export class Builder {
  readonly #inputs: readonly Input[];
  readonly #layers: Config[] = [];
  readonly #calls: { readonly layer: number; readonly inputs: readonly number[] }[] = [];
  readonly #byName = new Map<string, ReadonlyMap<string, Source>>();
  /** Layers by what they compute: nodes with the same weights share a layer. */
  readonly #known = new Map<string, number>();
  /** Numbers that weights may still have: no more than twice those of the file. */
  #left: number;

  constructor(inputs: readonly Input[], most: number) {
    this.#inputs = inputs;
    this.#left = most;
  }

  /** Calls a layer on values; returns the number of its output. */
  call(
    name: string,
    className: string,
    options: Readonly<Record<string, Json>>,
    inputs: readonly number[],
    sources: Readonly<Record<string, Source>> = {},
  ): number {
    const weights = Object.entries(sources);
    const key = JSON.stringify([className, options, weights.map(([own, { from }]) => [own, from.name])]);
    const known = weights.length > 0 ? this.#known.get(key) : undefined;
    const layer = known ?? this.#layers.length;
    if (known === undefined) {
      const own = this.#unique(name, className);
      this.#layers.push({ className, config: { name: own, ...options } });
      this.#byName.set(own, new Map(weights));
      this.#known.set(key, layer);
    }
    this.#calls.push({ layer, inputs });
    return this.#inputs.length + this.#calls.length - 1;
  }

  /** A name that no layer has, from that of a node: its last part is often the operator's. */
  #unique(name: string, className: string): string {
    const parts = printable(name).split('/').filter(Boolean);
    const own = (parts.length > 1 ? parts.slice(0, -1) : parts).join('_').slice(0, 200) || className;
    for (let n = 0; ; n++) {
      const made = n === 0 ? own : `${own}_${n}`;
      if (!this.#byName.has(made)) return made;
    }
  }

  /** The description; a stack of layers if the graph is one. */
  describe(name: string, outputs: readonly number[]): ModelConfig {
    const calls = this.#calls;
    const layers = this.#layers;
    const [first] = this.#inputs;
    const stack =
      first !== undefined &&
      this.#inputs.length === 1 &&
      layers.length === calls.length &&
      calls.length > 0 &&
      calls.every(({ inputs }, i) => inputs.length === 1 && inputs[0] === i) &&
      outputs.join() === String(calls.length);
    const own = { name: shorten(name, 200) || 'model', seed: 0, layers };
    if (stack) return { className: 'sequential', config: own, inputShape: first.shape };
    const [output = 0] = outputs;
    return {
      className: 'functional',
      config: { ...own, inputs: this.#inputs, calls, outputs: outputs.length === 1 ? output : outputs },
    };
  }

  /** The numbers of a weight, by its layer and its name there. */
  weight(layer: string, name: string): ArrayOf | undefined {
    const source = this.#byName.get(layer)?.get(name);
    if (source === undefined) return undefined;
    this.spend(sizeOf(source.shape));
    return { shape: source.shape, data: source.numbers() };
  }

  /** Counts numbers that are made of those of the file, which many nodes may share. */
  spend(numbers: number): void {
    this.#left -= numbers;
    if (this.#left < 0)
      throw new RangeError('the layers of the ONNX file would have more than twice as many numbers as it holds');
  }
}
