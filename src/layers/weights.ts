/** The weights of layers, and the memory for models that share layers. */
import type { Constraint, ConstraintFunction } from '../constraint.ts';
import type { Scope } from '../engine/memory.ts';
import type { Engine } from '../engine/runtime.ts';
import type { Shape } from '../graph/operation.ts';
import type { Initializer } from '../initializers.ts';
import type { Regularizer, RegularizerFunction } from '../regularizers.ts';

/** A layer's array of numbers. */
export interface Weight {
  /** Its name within the layer: `kernel`. */
  readonly name: string;
  /** Sizes of its axes. */
  readonly shape: Shape;
  /** Its initial values. */
  readonly initializer: Initializer;
  /** Its penalty, if any. */
  readonly regularizer: Regularizer | RegularizerFunction | undefined;
  /** Constraint that is applied after each update. */
  readonly constraint?: Constraint | ConstraintFunction | undefined;
  /** False if training must not change it, as for moving averages. */
  readonly trainable: boolean;
  /** Where its numbers are, once a model has made them. */
  address: number;
}

/** Memory of weights, freed by the last model that releases it. */
export class WeightMemory {
  readonly engine: Engine;
  readonly #scope: Scope;
  readonly #freed: () => void;
  #users = 0;

  /** `freed` is called when the memory is freed. */
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
