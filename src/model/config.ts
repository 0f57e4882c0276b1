/** A model as plain JSON. `from-config.ts`, which knows every layer, optimizer and loss by name, reads it back; this file knows none. */
import type { Config } from '../config.ts';
import { lossOfFunction } from '../custom-loss.ts';
import type { Metric } from '../metrics.ts';
import { mapOutputs } from './heads.ts';
import type { CheckedOptions, PerOutput } from './options.ts';

/** The options of `compile`. */
export interface CompileConfig {
  /** The optimizer with all its options. */
  readonly optimizer: Config;
  /** The loss with all its options; for several outputs one for each. */
  readonly loss: PerOutput<Config>;
  /** Factors of the losses, if given. */
  readonly lossWeights?: PerOutput<number>;
  /** Names of metrics, and losses with all their options; for several outputs one list for each. */
  readonly metrics: PerOutput<MetricConfig | readonly MetricConfig[]>;
  /** The same for weighted metrics, if given. */
  readonly weightedMetrics?: PerOutput<MetricConfig | readonly MetricConfig[]>;
}

/** The name of a metric, or a metric or loss with all its options. */
export type MetricConfig = string | Config;

/** A functional model as plain JSON. Values are numbered: the inputs first, then the outputs of each call. */
export interface FunctionalConfig {
  /** A graph of layers. */
  readonly className: 'functional';
  /** Its parts. */
  readonly config: {
    /** Its name in messages and in `summary()`. */
    readonly name: string;
    /** Seed of its weights, the order of samples and dropout. */
    readonly seed: number;
    /** Its layers with all their options, in the order of their first calls. */
    readonly layers: readonly Config[];
    /** Names of the inputs, and shapes of one sample. */
    readonly inputs: readonly {
      /** Its name, for data given by name. */
      readonly name: string;
      /** Shape of one sample. */
      readonly shape: readonly number[];
    }[];
    /** Calls of layers on values. */
    readonly calls: readonly {
      /** Index of the layer. */
      readonly layer: number;
      /** Numbers of values. */
      readonly inputs: readonly number[];
    }[];
    /** The output values: one, several, or several by name. */
    readonly outputs: PerOutput<number>;
  };
  /** The options of `compile`, if it was compiled. */
  readonly compile?: CompileConfig;
}

/** A stack of layers as plain JSON; with the shape of its samples and the options of `compile`, if there are any. No weights. */
export interface SequentialConfig {
  /** A stack of layers. */
  readonly className: 'sequential';
  /** Its parts. */
  readonly config: {
    /** Its name in messages and in `summary()`. */
    readonly name: string;
    /** Seed of its weights, the order of samples and dropout. */
    readonly seed: number;
    /** Its layers with all their options, first to last. */
    readonly layers: readonly Config[];
  };
  /** Shape of one sample, if the model has been built. */
  readonly inputShape?: readonly number[];
  /** The options of `compile`, if it was compiled. */
  readonly compile?: CompileConfig;
}

/** A model as plain JSON. */
export type ModelConfig = SequentialConfig | FunctionalConfig;

const metricConfig = (metric: Metric): MetricConfig => {
  if (typeof metric === 'string') return metric;
  return (typeof metric === 'function' ? lossOfFunction(metric, {}, true) : metric).toConfig();
};

const metricConfigs = (metrics: CheckedOptions['metrics']): CompileConfig['metrics'] =>
  mapOutputs(metrics, (own: Metric | readonly Metric[]) =>
    Array.isArray(own) ? own.map(metricConfig) : metricConfig(own as Metric),
  );

/** @internal */
export function compileConfigOf(options: CheckedOptions): CompileConfig {
  const { optimizer, loss, lossWeights, metrics, weightedMetrics } = options;
  return {
    optimizer: optimizer.toConfig(),
    loss: mapOutputs(loss, (one) => one.toConfig()),
    ...(lossWeights !== undefined && { lossWeights }),
    metrics: metricConfigs(metrics),
    ...(weightedMetrics !== undefined && { weightedMetrics: metricConfigs(weightedMetrics) }),
  };
}
