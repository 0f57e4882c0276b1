/** Records the three programs of a model: a training step, an evaluation step, a prediction step. */
import * as op from '../../assembly/opcodes.ts';
import type { Scope } from '../engine/memory.ts';
import type { Program } from '../engine/program.ts';
import { floatWord, Recorder } from '../engine/recorder.ts';
import type { Engine } from '../engine/runtime.ts';
import type { Layer, Mode, Recorded, Value } from '../layers/layer.ts';
import type { Loss } from '../losses.ts';
import type { BoundMetric } from '../metrics.ts';
import type { Optimizer, ParameterBlock } from '../optimizers/optimizer.ts';
import { sizeOf } from '../validate.ts';
import { type Placed, recordGather } from './samples.ts';

/** What a program is recorded from. */
export interface Plan {
  readonly engine: Engine;
  readonly layers: readonly Layer[];
  readonly inputShape: readonly number[];
  readonly seedLow: number;
  readonly seedHigh: number;
}

/** What a model was compiled with. */
export interface Compiled {
  readonly loss: Loss;
  readonly metrics: readonly BoundMetric[];
  readonly optimizer: Optimizer;
}

/** The layers from first to last; the last without its activation if the loss takes it over. */
function recordLayers(
  recorder: Recorder,
  { layers, inputShape, seedLow, seedHigh }: Plan,
  input: number,
  training: boolean,
  fused: boolean,
): Recorded[] {
  let x: Value = { address: input, shape: inputShape };
  return layers.map((layer, index) => {
    const mode: Mode = { training, fused: fused && index === layers.length - 1, seedLow, seedHigh, index };
    const recorded = layer.record(recorder, x, mode);
    x = recorded.y;
    return recorded;
  });
}

/** A softmax or sigmoid at the end goes into its cross-entropy, unless somebody else looks at the layer's output. */
function fuses({ layers }: Plan, { fused }: Loss): boolean {
  const last = layers.at(-1);
  return (
    last !== undefined &&
    last.activityRegularizer === undefined &&
    fused !== undefined &&
    last.activation?.name === fused.activation
  );
}

function recordPenalties(recorder: Recorder, layers: readonly Layer[], training: boolean): void {
  for (const layer of layers) {
    for (const { name, shape, regularizer, address, gradient } of layer.weights) {
      if (regularizer === undefined) continue;
      const { l1, l2 } = regularizer;
      recorder.emit(
        `${layer.name} ${name} penalty`,
        op.PENALTY,
        address,
        training ? gradient : 0,
        sizeOf(shape),
        floatWord(l1),
        floatWord(l2),
      );
    }
  }
}

function recordMetrics(
  recorder: Recorder,
  metrics: readonly BoundMetric[],
  y: number,
  targets: number,
  times: number,
  cols: number,
): void {
  for (const { key, accuracy, loss } of metrics) {
    const values = recorder.buffer(times);
    if (accuracy !== undefined)
      recorder.emit(key, op.ACCURACY, accuracy, values, y, targets, times, cols, floatWord(0.5));
    else if (loss !== undefined) {
      const { kernel, parameter, ignoreClass } = loss;
      recorder.emit(key, op.LOSS, kernel, values, 0, 0, y, targets, 0, times, cols, floatWord(parameter), ignoreClass);
    }
    recorder.emit(key, op.ADD_METRIC, recorder.total(key), values, times);
  }
}

/**
 * A step with a loss: gather, forward, loss, metrics; then, when `block` is given, backward and the optimizer's update.
 * Penalties come before the loss is added up and before anything is updated.
 */
export function recordStep(
  plan: Plan,
  { loss, metrics, optimizer }: Compiled,
  scope: Scope,
  data: Placed,
  batchSize: number,
  block?: ParameterBlock,
): Program {
  const { engine, layers, inputShape } = plan;
  const training = block !== undefined;
  const recorder = new Recorder(engine, scope, batchSize);
  const last = layers.at(-1);
  if (last === undefined) throw new Error('the model has no layers');
  const cols = last.outputShape.at(-1) ?? 1;
  const times = sizeOf(last.outputShape) / cols;

  const x = recordGather(recorder, 'gather x', data.x, sizeOf(inputShape), data.bytes, data.divisor);
  const targets = recordGather(recorder, 'gather y', data.y, loss.sparse ? times : times * cols);
  const weights = recordGather(recorder, 'gather sample weights', data.weights, times);
  const { fused, parameter, ignoreClass } = loss;
  const reduction = loss.reductionCode;
  recorder.emit('loss scale', op.LOSS_SCALE, reduction, targets, weights, times, ignoreClass);

  const fusing = fuses(plan, loss);
  const recorded = recordLayers(recorder, plan, x, training, fusing);
  const output = recorded.at(-1)?.y.address ?? x;
  const values = recorder.buffer(times);
  const gradient = training ? recorder.buffer(times * cols) : 0;
  const y = fusing ? recorder.buffer(times * cols) : output;
  const lossKind = fusing && fused !== undefined ? fused.kernel : loss.kernel;
  const parameters = [times, cols, floatWord(parameter), ignoreClass] as const;
  recorder.emit(
    loss.name,
    op.LOSS,
    lossKind,
    values,
    gradient,
    fusing ? y : 0,
    output,
    targets,
    weights,
    ...parameters,
  );
  recordMetrics(recorder, metrics, y, targets, times, cols);

  if (training) {
    // below the first layer with weights nobody needs a gradient
    const first = layers.findIndex((layer) => layer.weights.length > 0 || layer.activityRegularizer !== undefined);
    let dy = gradient;
    for (let i = layers.length - 1; i >= 0 && i >= first; i--) dy = recorded[i]?.backward(dy, i > first) ?? 0;
  }
  recordPenalties(recorder, layers, training);
  recorder.emit(`${loss.name} total`, op.ADD_LOSS, recorder.total('loss'), values, weights, times);
  if (block !== undefined && block.length > 0) optimizer.record(recorder, block);
  return recorder.finish();
}

/** A forward step alone; `outputs` are where what each layer puts out is. */
export function recordPrediction(
  plan: Plan,
  scope: Scope,
  data: Pick<Placed, 'x' | 'bytes' | 'divisor'>,
  batchSize: number,
): { program: Program; outputs: readonly number[] } {
  const recorder = new Recorder(plan.engine, scope, batchSize);
  const x = recordGather(recorder, 'gather x', data.x, sizeOf(plan.inputShape), data.bytes, data.divisor);
  // penalties of outputs have no meaning here, and nothing resets or reads them
  const recorded = recordLayers(recorder, plan, x, false, false);
  return { program: recorder.finish(), outputs: recorded.map(({ y }) => y.address) };
}
