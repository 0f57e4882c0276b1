/** Records the three programs of a model: a training step, an evaluation step, a prediction step. */
import * as op from '../../assembly/opcodes.ts';
import type { Scope } from '../engine/memory.ts';
import type { Program } from '../engine/program.ts';
import { floatWord, Recorder } from '../engine/recorder.ts';
import { recordActivation } from '../layers/activation.ts';
import type { Layer, Recorded, Value } from '../layers/layer.ts';
import type { Loss } from '../losses.ts';
import type { BoundMetric } from '../metrics.ts';
import type { Optimizer, ParameterBlock } from '../optimizers/optimizer.ts';
import { sizeOf } from '../validate.ts';
import type { Built } from './parameters.ts';
import { type Placed, type PlacedInputs, recordGather } from './samples.ts';

/** What a model was compiled with. */
export interface Compiled {
  readonly loss: Loss;
  readonly metrics: readonly BoundMetric[];
  readonly optimizer: Optimizer;
}

/** Gathers the inputs and records the layers from first to last; the last without its activation if the loss takes it over. */
function recordLayers(
  recorder: Recorder,
  { layers, inputShape, seeds }: Built,
  { x: source, bytes, divisor }: PlacedInputs,
  training: boolean,
  fused: boolean,
): Recorded[] {
  const input = recordGather(recorder, 'gather x', source, sizeOf(inputShape), bytes, divisor);
  let x: Value = { address: input, shape: inputShape };
  return layers.map((layer, index) => {
    const recorded = layer.record(recorder, x, { training, fused: fused && index === layers.length - 1, seeds, index });
    x = recorded.y;
    return recorded;
  });
}

function recordPenalties(recorder: Recorder, layers: readonly Layer[], training: boolean): void {
  for (const layer of layers) {
    for (const { name, shape, regularizer, address, gradient } of layer.weights) {
      if (regularizer === undefined) continue;
      const words = [address, training ? gradient : 0, sizeOf(shape)] as const;
      const { l1, l2 } = regularizer;
      recorder.emit(`${layer.name} ${name} penalty`, op.PENALTY, ...words, floatWord(l1), floatWord(l2));
    }
  }
}

/**
 * A step with a loss: gather, forward, loss, metrics; then, when `block` is given, backward and the optimizer's update.
 * Penalties come before the loss is added up and before anything is updated.
 */
export function recordStep(
  built: Built,
  { loss, metrics, optimizer }: Compiled,
  scope: Scope,
  data: Placed,
  batchSize: number,
  block?: ParameterBlock,
): Program {
  const { layers, outputShape } = built;
  const training = block !== undefined;
  const recorder = new Recorder(built.engine, scope, batchSize);
  const cols = outputShape.at(-1) ?? 1;
  const times = sizeOf(outputShape) / cols;

  const targets = recordGather(recorder, 'gather y', data.y, loss.sparse ? times : times * cols);
  const weights = recordGather(recorder, 'gather sample weights', data.weights, times);
  recorder.emit('loss scale', op.LOSS_SCALE, loss.reductionCode, targets, weights, times, loss.ignoreClass);

  // a softmax or sigmoid at the end goes into its cross-entropy, unless somebody else looks at the layer's output
  const { activation, activityRegularizer, name = '' } = layers.at(-1) ?? {};
  const fusedOf = (of: Loss | undefined) =>
    activityRegularizer === undefined && activation?.name === of?.fused?.activation ? of?.fused : undefined;
  const fused = fusedOf(loss);
  const split = fused !== undefined || metrics.some((metric) => fusedOf(metric.loss) !== undefined);
  const recorded = recordLayers(recorder, built, data, training, split);
  const z: Value = recorded.at(-1)?.y ?? { address: 0, shape: outputShape };
  // a metric needs the logits beside the probabilities, which another loss takes: the activation may not overwrite them
  if (split && fused === undefined && activation !== undefined)
    recorded.push(recordActivation(recorder, name, activation, z, false));
  const output = recorded.at(-1)?.y.address ?? 0;
  const values = recorder.buffer(times);
  const gradient = training ? recorder.buffer(times * cols) : 0;
  const y = fused === undefined ? output : recorder.buffer(times * cols);
  const emitLoss = ({ name, parameter, ignoreClass }: Loss, kernel: number, ...words: readonly number[]): void =>
    recorder.emit(name, op.LOSS, kernel, ...words, times, cols, floatWord(parameter), ignoreClass);
  const probabilities = fused === undefined ? 0 : y;
  emitLoss(loss, fused?.kernel ?? loss.kernel, values, gradient, probabilities, output, targets, weights);
  for (const { key, kernel, loss: own, reduction } of metrics) {
    const each = recorder.buffer(times);
    const onLogits = fusedOf(own);
    if (own !== undefined) emitLoss(own, onLogits?.kernel ?? kernel, each, 0, 0, onLogits ? z.address : y, targets, 0);
    else recorder.emit(key, op.ACCURACY, kernel, each, y, targets, times, cols, floatWord(0.5));
    const ignored = own?.ignoreClass ?? 0;
    recorder.emit(key, op.ADD_METRIC, recorder.total(key), each, times, reduction, targets, ignored);
  }

  if (training) {
    // below the first layer with weights nobody needs a gradient
    const first = layers.findIndex((layer) => layer.weights.length > 0 || layer.activityRegularizer !== undefined);
    let dy = gradient;
    for (let i = recorded.length - 1; i >= 0 && i >= first; i--) dy = recorded[i]?.backward(dy, i > first) ?? 0;
  }
  recordPenalties(recorder, layers, training);
  recorder.emit(`${loss.name} total`, op.ADD_LOSS, recorder.total('loss'), values, weights, times);
  if (block !== undefined && block.length > 0) optimizer.record(recorder, block);
  return recorder.finish();
}

/** A forward step alone; `outputs` are where what each layer puts out is. */
export function recordPrediction(
  built: Built,
  scope: Scope,
  data: PlacedInputs,
  batchSize: number,
): { program: Program; outputs: readonly number[] } {
  const recorder = new Recorder(built.engine, scope, batchSize);
  // penalties of outputs have no meaning here, and nothing resets or reads them
  const recorded = recordLayers(recorder, built, data, false, false);
  return { program: recorder.finish(), outputs: recorded.map(({ y }) => y.address) };
}
