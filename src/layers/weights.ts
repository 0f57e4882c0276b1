/** The weights of layers, and the memory that models which share layers share. */
import type { Scope } from '../engine/memory.ts';
import type { Engine } from '../engine/runtime.ts';
import type { Shape } from '../graph/operation.ts';
import type { Initializer } from '../initializers.ts';
import type { Regularizer, RegularizerFunction } from '../regularizers.ts';

/** An array of numbers that a layer has. */
export interface Weight {
  /** Its name within the layer: `kernel`. */
  readonly name: string;
  /** Sizes of its axes. */
  readonly shape: Shape;
  /** What fills it at first. */
  readonly initializer: Initializer;
  /** Its penalty, if it has one. */
  readonly regularizer: Regularizer | RegularizerFunction | undefined;
  /** False: not for training to change, as moving averages. */
  readonly trainable: boolean;
  /** Where its numbers are, once a model has made them. */
  address: number;
}

/** Memory of weights: the last model that lets it go frees it. */
export class WeightMemory {
  readonly engine: Engine;
  readonly #scope: Scope;
  readonly #freed: () => void;
  #users = 0;

  /** `freed` is called when the memory is gone. */
  constructor(engine: Engine, scope: Scope, freed: () => void) {
    this.engine = engine;
    this.#scope = scope;
    this.#freed = freed;
  }

  hold(): void {
    this.#users++;
  }

  letGo(): void {
    if (--this.#users > 0) return;
    this.#scope.dispose();
    this.#freed();
  }
}
