/** What `compile` makes, once the shape of the input is known too: gradients, the optimizer's slots and state. */
import type { Scope } from '../engine/memory.ts';
import type { Engine } from '../engine/runtime.ts';
import type { Layer } from '../layers/layer.ts';
import { lossOf } from '../losses.ts';
import { checkMetrics, metricOf } from '../metrics.ts';
import { optimizerOf } from '../optimizers/index.ts';
import type { ParameterBlock } from '../optimizers/optimizer.ts';
import { sizeOf } from '../validate.ts';
import type { CompileOptions } from './options.ts';
import type { Parameters } from './parameters.ts';
import type { Compiled } from './record.ts';

/** Gradients, slots and the optimizer's state live in `scope`. */
export interface Training extends Compiled {
  readonly scope: Scope;
  readonly block: ParameterBlock;
}

/** Takes the optimizer for `owner` and makes what it needs; if that fails, `previous` stays as it was, else it is freed. */
export function prepareTraining(
  owner: object,
  engine: Engine,
  layers: readonly Layer[],
  { parameters, length }: Parameters,
  options: CompileOptions,
  previous: Training | undefined,
): Training {
  const loss = lossOf(options.loss);
  const optimizer = optimizerOf(options.optimizer ?? 'rmsprop');
  const cols = layers.at(-1)?.outputShape.at(-1);
  if (cols === undefined) throw new RangeError('the output of a sample must have at least one axis to have a loss');
  const metrics = (options.metrics ?? []).map((metric) => metricOf(metric, cols, loss.sparse));
  checkMetrics(metrics, loss);
  const scope = engine.scope();
  try {
    const gradients = scope.allocate(length * 4);
    const slots = scope.allocate(optimizer.slotFloats(length) * 4);
    optimizer.fillSlots(engine, slots, length);
    optimizer.bind(owner, engine, scope);
    if (previous !== undefined && previous.optimizer !== optimizer) previous.optimizer.release(owner);
    previous?.scope.dispose();
    const pieces = layers
      .flatMap((layer) => layer.weights)
      .map((weight) => {
        weight.gradient = gradients + (weight.address - parameters);
        return { gradient: weight.gradient, length: sizeOf(weight.shape) };
      });
    return { loss, metrics, optimizer, scope, block: { parameters, gradients, slots, length, pieces } };
  } catch (error) {
    scope.dispose();
    throw error;
  }
}
