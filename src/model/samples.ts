/** The data of one pass in the runtime's memory: inputs, targets and weights of `count` samples. */
import type { Room } from '../engine/memory.ts';
import type { Engine } from '../engine/runtime.ts';
import { placeAs, placeTargets, placeWeights } from '../targets.ts';
import { Tensor, toArrayData } from '../tensor.ts';
import { checkInteger, checkNumber, sameShape, showShape, sizeOf } from '../validate.ts';
import { divided, inOrder, isByName, isSparse, type Values, weightsInOrder } from '../values.ts';
import type { Head } from './heads.ts';
import type { ClassWeight, InputLike, ModelData } from './options.ts';
import type { Built } from './parameters.ts';
import { hook, type PlacedSparse, type SparseInput } from './sparse-hook.ts';

/** An array that may still be a tensor, whose memory is then used in place. */
type Dense = Values & { readonly tensor?: { readonly engine: Engine; readonly address: number } };
type Input = Dense | SparseInput;

/** Inputs for the program, which divides bytes by `divisor` as it gathers them. */
export interface PlacedDense {
  readonly x: number;
  readonly bytes: boolean;
  readonly divisor: number;
}
export type PlacedInputs = PlacedDense | PlacedSparse;

/** Targets and weights of an output. An address of 0 means none. */
export interface PlacedTargets {
  readonly y: number;
  readonly weights: number;
}

/** Samples for the program, input by input and loss by loss. */
export interface Placed {
  readonly count: number;
  readonly inputs: readonly PlacedInputs[];
  readonly targets: readonly PlacedTargets[];
}

/** The caller's inputs, targets and weights. */
export interface Samples {
  readonly x: ModelData;
  readonly y: ModelData;
  readonly sampleWeight?: ModelData | undefined;
  readonly classWeight?: ClassWeight | undefined;
}

/** The arrays of a model's inputs or outputs in the order of their names. `what` is their name in messages. */
export const arraysOf: (what: string, value: ModelData, names: readonly string[]) => readonly InputLike[] = inOrder;

/** Sample weights output by output, if any. */
export const weightsBy: (value: ModelData | undefined, names: readonly string[]) => readonly (InputLike | undefined)[] =
  weightsInOrder;

/** The tensors of data, which may be disposed of while a call reads them. */
export const tensorsOf = (...data: readonly (ModelData | undefined)[]): readonly Tensor[] =>
  data.flatMap((one) =>
    one instanceof Tensor
      ? [one]
      : Array.isArray(one) || isByName(one ?? [])
        ? Object.values(one ?? []).filter((part) => part instanceof Tensor)
        : [],
  );

/** One input in any accepted form. */
export function inputOf(name: string, value: InputLike): Input {
  if (!isSparse(value)) return toArrayData(name, value);
  if (hook.sparse === undefined)
    throw new TypeError(`${name}: sparse rows need sparse(${name}), for which import { sparse }`);
  return hook.sparse.read(name, value);
}

/** Without a last axis of 1, which samples may have or not, as in Keras. */
const squeezed = (shape: readonly number[]): readonly number[] => (shape.at(-1) === 1 ? shape.slice(0, -1) : shape);

function checkFilled(name: string, { shape }: Input): void {
  if (sizeOf(shape) === 0) throw new RangeError(`${name} is empty: ${showShape(shape)}; give it at least one sample`);
}

/** The shape of one sample of `x`, at least a vector. */
export function sampleShape(x: InputLike): readonly number[] {
  const input = inputOf('x', x);
  checkFilled('x', input);
  const shape = input.shape.slice(1);
  return shape.length === 0 ? [1] : shape;
}

/** Checks that `value` is at least one sample for the model's input `index`. */
function checkInput({ network }: Built, index: number, name: string, value: InputLike): Input {
  const { name: port = 'x', shape: inputShape = [] } = network.inputs[index] ?? {};
  // messages of a model with one input name its first layer
  const of = network.inputs.length === 1 ? network.layers[0]?.name : `input ${port}`;
  const input = inputOf(name, value);
  const [count, ...shape] = input.shape;
  checkFilled(name, input);
  const expected = `${of}: expected input ${showShape(['..', ...inputShape])}`;
  if ('offsets' in input) return input.fitting(inputShape, expected);
  if (count !== undefined && sameShape(squeezed(shape), squeezed(inputShape))) return input;
  if (sameShape(squeezed(input.shape), squeezed(inputShape)))
    throw new RangeError(`${expected}, got one sample ${showShape(input.shape)}: put it into an array, [${name}]`);
  const perSample = sizeOf(inputShape);
  const whole = [input.data.length / perSample, ...inputShape];
  if (shape.length === 0 && inputShape.length > 0 && input.data.length % perSample === 0)
    throw new RangeError(
      `${expected}, got a flat list of ${count} numbers: give its shape, { data: ${name}, shape: ${showShape(whole)} }`,
    );
  throw new RangeError(`${expected}, got ${showShape(count === undefined ? [] : ['..', ...shape])}`);
}

/** Checks that inputs and targets have the same number of samples. `of` precedes `x` and `y` in messages. */
export function checkSameCount(x: readonly number[], y: readonly number[], of = ''): void {
  if (x[0] === y[0]) return;
  throw new RangeError(`${of}x has ${x[0] ?? 0} samples, ${of}y has ${y[0] ?? 0}: ${showShape(x)} and ${showShape(y)}`);
}

/** Puts inputs into memory; tensors' bytes and inputs that are there already stay in place. */
export function placeInputs(engine: Engine, scope: Room, input: Input): PlacedInputs {
  if ('offsets' in input) return input.place(engine, scope);
  const { data, divisor, tensor } = input;
  const bytes = data instanceof Uint8Array;
  const there = tensor?.engine === engine && !(data instanceof Int32Array);
  // a slice of a tensor's rows has the same offset from its address as its data from the tensor's
  return { x: there ? data.byteOffset : placeAs(bytes ? 'u8' : 'f32', engine, scope, data), bytes, divisor };
}

/** Rows `from` to `to` of an array, without a copy. */
export function rowsOf(input: Input, from: number, to: number): Input {
  if ('offsets' in input) return input.rows(from, to);
  const rest = input.shape.slice(1);
  const perRow = sizeOf(rest);
  return { ...input, data: input.data.subarray(from * perRow, to * perRow), shape: [to - from, ...rest] };
}

/** Sample weights equivalent to class weights; targets one-hot or labels, `times` vectors of them to a sample. */
function classWeightsOf(value: Values, classWeight: ClassWeight, times: number): Values {
  for (const [key, weight] of Object.entries(classWeight)) {
    checkInteger('a class in classWeight', Number(key), 0);
    checkNumber(`classWeight[${key}]`, weight, 0);
  }
  if (times !== 1) throw new RangeError(`classWeight is for one target a sample, not ${times}; use sampleWeight`);
  const data = divided(value);
  const [count = 0] = value.shape;
  const cols = data.length / count;
  const weights = new Float32Array(count);
  for (let row = 0; row < count; row++) {
    let best = 0;
    for (let c = 1; c < cols; c++) if ((data[row * cols + c] ?? 0) > (data[row * cols + best] ?? 0)) best = c;
    const label = cols === 1 ? Math.round(data[row] ?? 0) : best;
    weights[row] = classWeight[label] ?? 1;
  }
  return { data: weights, shape: [count], divisor: 1 };
}

/** One weight for each vector of each sample: repeats weights given once for a sample. */
function spread(weights: Values, times: number): Values {
  const { length } = weights.data;
  if (times === 1) return weights;
  const data = Float64Array.from({ length: length * times }, (_, i) => weights.data[Math.floor(i / times)] ?? 1);
  return { ...weights, data, shape: [length, times] };
}

/** Checks the inputs of the model, which must have the same number of samples. `of` precedes `x` in messages. */
export function checkInputs(built: Built, of: string, x: ModelData): readonly Input[] {
  const names = built.network.inputs.map(({ name }) => name);
  const inputs = arraysOf(`${of}x`, x, names).map((value, i) =>
    checkInput(built, i, names.length === 1 ? `${of}x` : `${of}x ${names[i]}`, value),
  );
  const [first] = inputs;
  for (const [i, { shape }] of inputs.entries()) {
    if (shape[0] === first?.shape[0]) continue;
    const [expected, got] = [first?.shape[0], shape[0]];
    throw new RangeError(`${of}x: ${names[0]} has ${expected} samples, ${names[i]} has ${got}`);
  }
  return inputs;
}

/** Checks and places inputs, targets and weights of one pass. `of` precedes `x` and `y` in messages. */
export function placeSamples(
  built: Built,
  scope: Room,
  heads: readonly Head[],
  outputNames: readonly string[],
  { x, y, sampleWeight, classWeight }: Samples,
  of = '',
): Placed {
  const { engine, network } = built;
  const inputs = checkInputs(built, of, x);
  const [count = 0] = inputs[0]?.shape ?? [];
  const names = heads.map(({ index }) => outputNames[index] ?? '');
  const targets = arraysOf(`${of}y`, y, names);
  const weights = sampleWeight === undefined ? undefined : weightsBy(sampleWeight, names);
  if (classWeight !== undefined && heads.length > 1)
    throw new RangeError('classWeight is for a model with one output; use sampleWeight');
  const placed = heads.map(({ index, loss }, i) => {
    const name = heads.length === 1 ? `${of}y` : `${of}y ${names[i]}`;
    const given = toArrayData(name, targets[i]);
    checkSameCount(inputs[0]?.shape ?? [], given.shape, of);
    const shape = network.shapes[network.outputs[index] ?? 0] ?? [];
    const leading = [count, ...shape.slice(0, -1)];
    const at = placeTargets(engine, scope, name, given, leading, shape.at(-1) ?? 1, loss);
    const times = sizeOf(leading) / count;
    const own = classWeight === undefined ? weights?.[i] : classWeightsOf(given, classWeight, times);
    if (own === undefined) return { y: at, weights: 0 };
    const all = toArrayData('sampleWeight', own);
    return {
      y: at,
      weights: placeWeights(engine, scope, all.data.length === count ? spread(all, times) : all, count * times),
    };
  });
  return { count, inputs: inputs.map((input) => placeInputs(engine, scope, input)), targets: placed };
}
