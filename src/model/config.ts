/** A model as plain JSON. It is read back by `from-config.ts`, which knows every layer, optimizer and loss by name; this file knows none. */
import type { Config } from '../config.ts';
import { Loss } from '../losses.ts';
import type { CheckedOptions } from './options.ts';

/** What `compile` was given. */
export interface CompileConfig {
  /** The optimizer with all its options. */
  readonly optimizer: Config;
  /** The loss with all its options. */
  readonly loss: Config;
  /** Names of metrics, and losses with all their options. */
  readonly metrics: readonly (string | Config)[];
}

/** A model as plain JSON: its layers and, once they are known, the shape of its samples and how it is trained. No weights. */
export interface ModelConfig {
  /** The only kind of model there is. */
  readonly className: 'sequential';
  /** What it is made of. */
  readonly config: {
    /** Its name in messages and in `summary()`. */
    readonly name: string;
    /** What its weights, the order of samples and dropout are drawn from. */
    readonly seed: number;
    /** Its layers with all their options, first to last. */
    readonly layers: readonly Config[];
  };
  /** Shape of one sample, if the model has been built. */
  readonly inputShape?: readonly number[];
  /** What it was compiled with, if it was. */
  readonly compile?: CompileConfig;
}

/** @internal */
export function compileConfigOf({ optimizer, loss, metrics }: CheckedOptions): CompileConfig {
  return {
    optimizer: optimizer.toConfig(),
    loss: loss.toConfig(),
    metrics: metrics.map((metric) => (metric instanceof Loss ? metric.toConfig() : metric)),
  };
}
