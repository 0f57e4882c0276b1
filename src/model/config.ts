/** A model as plain JSON. It is read back by `from-config.ts`, which knows every layer, optimizer and loss by name; this file knows none. */
import type { Config } from '../config.ts';
import { Loss } from '../losses.ts';
import type { CheckedOptions } from './options.ts';

/** What `compile` was given. */
export interface CompileConfig {
  readonly optimizer: Config;
  readonly loss: Config;
  readonly metrics: readonly (string | Config)[];
}

/** A model as plain JSON: its layers and, once they are known, the shape of its samples and how it is trained. No weights. */
export interface ModelConfig {
  readonly className: 'sequential';
  readonly config: { readonly name: string; readonly seed: number; readonly layers: readonly Config[] };
  /** Shape of one sample, if the model has been built. */
  readonly inputShape?: readonly number[];
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
