/** The data of one pass in the runtime's memory: inputs, targets and weights of `count` samples. */
import * as op from '../../assembly/opcodes.ts';
import type { Scope } from '../engine/memory.ts';
import { floatWord, type Recorder } from '../engine/recorder.ts';
import type { Engine } from '../engine/runtime.ts';
import type { Loss } from '../losses.ts';
import { placeFloats, placeTargets, placeWeights } from '../targets.ts';
import { type ArrayData, type TensorLike, toArrayData } from '../tensor.ts';
import { checkInteger, sameShape, showShape, sizeOf } from '../validate.ts';

/** An array that may still be a tensor, whose memory is then used as it is. */
type Input = ArrayData & { readonly tensor?: { readonly engine: Engine; readonly address: number } };

/** Samples as the program gathers them. An address of 0 means that there are none. */
export interface Placed {
  readonly count: number;
  readonly x: number;
  /** Inputs are bytes, to be divided by `divisor` as they are gathered. */
  readonly bytes: boolean;
  readonly divisor: number;
  readonly y: number;
  readonly weights: number;
}

/** Weight of each class by its number, 1 for those not named. */
export type ClassWeight = Readonly<Record<number, number>>;

/** Checks that `value` is samples of `shape`, at least one of them. */
export function checkInputs(label: string, name: string, value: TensorLike, shape: readonly number[]): Input {
  const input = toArrayData(name, value);
  if (!sameShape(input.shape.slice(1), shape) || input.shape.length === 0) {
    throw new RangeError(
      `${label}: expected input ${showShape(['..', ...shape])}, got ${showShape(['..', ...input.shape.slice(1)])}`,
    );
  }
  if (input.shape[0] === 0) throw new RangeError(`${name} is empty: ${showShape(input.shape)}`);
  return input;
}

/** Checks that inputs and targets are of as many samples. */
export function checkSameCount(
  names: { readonly x: string; readonly y: string },
  x: readonly number[],
  y: readonly number[],
): void {
  if (x[0] === y[0]) return;
  throw new RangeError(
    `${names.x} has ${x[0] ?? 0} samples, ${names.y} has ${y[0] ?? 0}: ${showShape(x)} and ${showShape(y)}`,
  );
}

/** Puts inputs into memory; those that are there already, or a tensor's bytes, stay where they are. */
export function placeInputs(engine: Engine, scope: Scope, input: Input): Pick<Placed, 'x' | 'bytes' | 'divisor'> {
  const { data, divisor = 1, tensor } = input;
  const bytes = data instanceof Uint8Array;
  if (tensor !== undefined && tensor.engine === engine && !(data instanceof Int32Array)) {
    // the slice of a tensor's rows begins as far behind its address as its data behind the tensor's
    return { x: data.byteOffset, bytes, divisor };
  }
  if (!bytes) return { x: placeFloats(engine, scope, { data, shape: input.shape }), bytes, divisor };
  const x = scope.allocate(data.length);
  engine.u8(x, data.length).set(data);
  return { x, bytes, divisor };
}

/** Rows `from` to `to` of an array, without a copy. */
export function rowsOf(input: Input, from: number, to: number): Input {
  const perRow = sizeOf(input.shape.slice(1));
  return {
    ...input,
    data: input.data.subarray(from * perRow, to * perRow),
    shape: [to - from, ...input.shape.slice(1)],
  };
}

/** Sample weights that say the same as weights of classes; targets one-hot or as labels, `times` vectors of them to a sample. */
function classWeightsOf(value: ArrayData, classWeight: ClassWeight, times: number): ArrayData {
  for (const [key, weight] of Object.entries(classWeight)) {
    checkInteger('a class in classWeight', Number(key), 0);
    if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY))
      throw new RangeError(`classWeight[${key}] must be finite and not negative, got ${weight}`);
  }
  if (times !== 1) throw new RangeError(`classWeight is for one target a sample, not ${times}; use sampleWeight`);
  const { data, shape } = value;
  const count = shape[0] ?? 0;
  const cols = count === 0 ? 1 : data.length / count;
  const weights = new Float32Array(count);
  for (let row = 0; row < count; row++) {
    let best = 0;
    for (let c = 1; c < cols; c++) if ((data[row * cols + c] ?? 0) > (data[row * cols + best] ?? 0)) best = c;
    const label = cols === 1 ? Math.round(data[row] ?? 0) : best;
    weights[row] = classWeight[label] ?? 1;
  }
  return { data: weights, shape: [count] };
}

/** One weight for each vector of each sample: those given once for a sample are repeated. */
function spread(weights: ArrayData, times: number): ArrayData {
  if (times === 1) return weights;
  const data = new Float32Array(weights.data.length * times);
  for (let i = 0; i < data.length; i++) data[i] = weights.data[Math.floor(i / times)] ?? 1;
  return { data, shape: [data.length] };
}

/** Checks and places inputs, targets and weights of one pass over a model with this output. */
export function placeSamples(
  engine: Engine,
  scope: Scope,
  names: { readonly label: string; readonly x: string; readonly y: string },
  inputShape: readonly number[],
  outputShape: readonly number[],
  loss: Loss,
  x: TensorLike,
  y: TensorLike,
  sampleWeight: TensorLike | undefined,
  classWeight: ClassWeight | undefined,
): Placed {
  const input = checkInputs(names.label, names.x, x, inputShape);
  const count = input.shape[0] ?? 0;
  const targets = toArrayData(names.y, y);
  checkSameCount(names, input.shape, targets.shape);
  const leading = [count, ...outputShape.slice(0, -1)];
  const cols = outputShape.at(-1) ?? 1;
  const yAt = placeTargets(engine, scope, names.y, targets, leading, cols, loss);
  const times = sizeOf(leading) / count;
  const own = classWeight === undefined ? sampleWeight : classWeightsOf(targets, classWeight, times);
  let weights = 0;
  if (own !== undefined) {
    const given = toArrayData('sampleWeight', own);
    weights = placeWeights(engine, scope, given.data.length === count ? spread(given, times) : given, count * times);
  }
  return { count, ...placeInputs(engine, scope, input), y: yAt, weights };
}

/** Records the gathering of `perRow` numbers of each sample into a buffer of the batch; returns the buffer, 0 for none. */
export function recordGather(
  recorder: Recorder,
  label: string,
  source: number,
  perRow: number,
  bytes = false,
  divisor = 1,
): number {
  if (source === 0) return 0;
  const out = recorder.buffer(perRow);
  recorder.emit(label, bytes ? op.GATHER_BYTES : op.GATHER_WORDS, out, source, perRow, floatWord(divisor));
  return out;
}
