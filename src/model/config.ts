/** A model as plain JSON. It is read back by `from-config.ts`, which knows every layer, optimizer and loss by name; this file knows none. */
import type { Config } from '../config.ts';
import { lossOfFunction } from '../custom-loss.ts';
import { Loss } from '../losses.ts';
import type { Metric } from '../metrics.ts';
import { mapOutputs } from './heads.ts';
import type { CheckedOptions, PerOutput } from './options.ts';

/** What `compile` was given. */
export interface CompileConfig {
  /** The optimizer with all its options. */
  readonly optimizer: Config;
  /** The loss with all its options; of several outputs one for each. */
  readonly loss: PerOutput<Config>;
  /** What the losses are multiplied by, where that was given. */
  readonly lossWeights?: PerOutput<number>;
  /** Names of metrics, and losses with all their options; of several outputs, for each. */
  readonly metrics: PerOutput<MetricConfig | readonly MetricConfig[]>;
}

/** The name of a metric, or a loss with all its options. */
export type MetricConfig = string | Config;

/** A functional model as plain JSON. Values are numbered: the inputs first, then what each call puts out. */
export interface FunctionalConfig {
  /** A graph of layers. */
  readonly className: 'functional';
  /** What it is made of. */
  readonly config: {
    /** Its name in messages and in `summary()`. */
    readonly name: string;
    /** What its weights, the order of samples and dropout are drawn from. */
    readonly seed: number;
    /** Its layers with all their options, in the order of their first calls. */
    readonly layers: readonly Config[];
    /** Names of the inputs, and shapes of one sample. */
    readonly inputs: readonly {
      /** By which data is given. */
      readonly name: string;
      /** Of one sample. */
      readonly shape: readonly number[];
    }[];
    /** Which layer is called on which values. */
    readonly calls: readonly {
      /** Its place in the list of layers. */
      readonly layer: number;
      /** Numbers of values. */
      readonly inputs: readonly number[];
    }[];
    /** The values that it gives: one, several, or several by name. */
    readonly outputs: PerOutput<number>;
  };
  /** What it was compiled with, if it was. */
  readonly compile?: CompileConfig;
}

/** A stack of layers as plain JSON; once they are known, the shape of its samples and how it is trained. No weights. */
export interface SequentialConfig {
  /** A stack of layers. */
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

/** A model as plain JSON. */
export type ModelConfig = SequentialConfig | FunctionalConfig;

const metricConfig = (metric: Metric): MetricConfig => {
  const one = typeof metric === 'function' ? lossOfFunction(metric, {}, true) : metric;
  return one instanceof Loss ? one.toConfig() : one;
};

/** @internal */
export function compileConfigOf({ optimizer, loss, lossWeights, metrics }: CheckedOptions): CompileConfig {
  return {
    optimizer: optimizer.toConfig(),
    loss: mapOutputs(loss, (one) => one.toConfig()),
    ...(lossWeights !== undefined && { lossWeights }),
    metrics: mapOutputs(metrics, (own: Metric | readonly Metric[]) =>
      Array.isArray(own) ? own.map(metricConfig) : metricConfig(own as Metric),
    ),
  };
}
