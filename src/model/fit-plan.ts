/** The options of `fit`, checked before anything runs, and the data split. */
import { type ProgressLine, progressLine } from '../progress-line.ts';
import { isSource } from '../stream.ts';
import {
  checkBoolean,
  checkInteger,
  checkKind,
  checkName,
  checkNumber,
  checkOptions,
  checkSignal,
  isObject,
  show,
  tagOf,
} from '../validate.ts';
import type { Callback, FitOptions, FitStreamOptions } from './model.ts';
import type { InputLike, ModelData } from './options.ts';
import { arraysOf, checkSameCount, inputOf, rowsOf, type Samples, weightsBy } from './samples.ts';
import { type BatchSource, planStream, type StreamPlan } from './stream.ts';
import type { PortNames } from './structure.ts';

const names = [
  'epochs',
  'initialEpoch',
  'batchSize',
  'stepsPerEpoch',
  'shuffle',
  'validationData',
  'validationSteps',
  'validationSplit',
  'validationBatchSize',
  'classWeight',
  'sampleWeight',
  'callbacks',
  'onEpochBegin',
  'onEpochEnd',
  'onProgress',
  'verbose',
  'signal',
] as const satisfies readonly (keyof FitOptions | keyof FitStreamOptions)[];

const hooks = [
  'setModel',
  'setParams',
  'onTrainBegin',
  'onTrainEnd',
  'onEpochBegin',
  'onEpochEnd',
  'onTrainBatchBegin',
  'onTrainBatchEnd',
  'onTestBegin',
  'onTestEnd',
  'onStepsBegin',
  'onProgress',
] as const satisfies readonly (keyof Callback)[];

/** Refuses a hook that is misspelt or not a function; a class has its hooks in its prototype. */
function checkCallback(name: string, callback: unknown): void {
  checkKind(isObject(callback), name, 'an object', callback);
  for (let owner = callback; owner !== null; owner = Object.getPrototypeOf(owner))
    for (const key of Object.getOwnPropertyNames(owner))
      if (/^on[A-Z_]/.test(key)) checkName(`hook of ${name}`, key, hooks);
  for (const hook of hooks) {
    const given = (callback as Callback)[hook];
    checkKind(given === undefined || typeof given === 'function', `${name}.${hook}`, 'a function', given);
  }
}

/** Checked options of `fit`, with the data split. */
export interface FitPlan {
  readonly epochs: number;
  readonly initialEpoch: number;
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly validationBatchSize: number;
  readonly callbacks: readonly Callback[];
  /** Shows the progress, if asked for: one of the callbacks. */
  readonly line: ProgressLine | undefined;
  readonly ports: PortNames;
  readonly signal: AbortSignal | undefined;
  readonly train: Samples | StreamPlan;
  readonly validation: Samples | StreamPlan | undefined;
}

/** Splits off the last rows: `at = floor(n (1 - share))`, as in Keras. */
function split(name: string, value: InputLike, share: number): readonly [InputLike, InputLike] {
  const input = inputOf(name, value);
  const count = input.shape[0] ?? 0;
  const at = Math.floor(count * (1 - share));
  if (at === 0 || at === count)
    throw new RangeError(`validationSplit ${share} of ${count} samples leaves one side empty`);
  return [rowsOf(input, 0, at), rowsOf(input, at, count)];
}

/** The same for each array of the data of inputs or outputs with these names. */
function splitAll(
  what: string,
  value: ModelData,
  names: readonly string[],
  share: number,
): readonly [ModelData, ModelData] {
  const parts = arraysOf(what, value, names).map((one) => split(what, one, share));
  const [first, ...others] = parts;
  if (first !== undefined && others.length === 0) return first;
  return [parts.map(([train]) => train), parts.map(([, held]) => held)];
}

/** The same for sample weights, which some outputs may lack. */
function splitWeights(
  value: ModelData | undefined,
  names: readonly string[],
  share: number,
): readonly (ModelData | undefined)[] {
  if (value === undefined) return [];
  const parts = weightsBy(value, names).map((one) => one && split('sampleWeight', one, share));
  if (names.length === 1) return parts[0] ?? [];
  const side = (at: 0 | 1): ModelData =>
    Object.fromEntries(names.flatMap((name, i) => (parts[i] === undefined ? [] : [[name, parts[i][at]]])));
  return [side(0), side(1)];
}

type Arrays = readonly [x: ModelData, y: ModelData, sampleWeight?: ModelData];

function arraysFrom(data: Arrays | undefined): Samples | undefined {
  const [x, y, sampleWeight] = data ?? [];
  return x === undefined || y === undefined ? undefined : { x, y, sampleWeight };
}

/** Checks the options; `x` and `y` themselves are checked when they are copied into memory. */
export function planFit(
  x: ModelData | BatchSource<unknown>,
  y: ModelData | undefined,
  options: FitOptions & Pick<FitStreamOptions, 'stepsPerEpoch'>,
  ports: PortNames,
): FitPlan {
  const elsewhere = hooks.find((hook) => Object.hasOwn(Object(options), hook) && !names.some((name) => name === hook));
  if (elsewhere !== undefined)
    throw new RangeError(`fit takes ${elsewhere} in a callback: callbacks: [{ ${elsewhere} }]`);
  checkOptions('fit', options, names);
  const {
    epochs = 1,
    initialEpoch = 0,
    batchSize = 32,
    shuffle = true,
    validationData: held,
    validationSplit = 0,
    sampleWeight,
    classWeight,
    callbacks: given = [],
    signal,
    onEpochBegin,
    onEpochEnd,
    onProgress,
    verbose = 0,
  } = options;
  const { validationBatchSize = batchSize } = options;
  checkInteger('epochs', epochs, 0);
  checkInteger('initialEpoch', initialEpoch, 0);
  checkInteger('batchSize', batchSize, 1);
  checkInteger('validationBatchSize', validationBatchSize, 1);
  checkBoolean('shuffle', shuffle);
  checkNumber('validationSplit', validationSplit, 0, 1);
  if (!Array.isArray(given)) throw new TypeError(`callbacks must be an array, got ${show(given)}`);
  for (const [i, callback] of given.entries()) checkCallback(`callbacks[${i}]`, callback);
  const own: Callback = {
    ...(onEpochBegin !== undefined && { onEpochBegin }),
    ...(onEpochEnd !== undefined && { onEpochEnd }),
    ...(onProgress !== undefined && { onProgress }),
  };
  checkCallback('options of fit', own);
  checkInteger('verbose', verbose, 0, 2);
  const line = verbose === 0 ? undefined : progressLine(verbose);
  const callbacks: readonly Callback[] = [...given, own, ...(line === undefined ? [] : [line])];
  checkSignal(signal);
  const passes = epochs - initialEpoch;
  const validation = isSource(held)
    ? planStream('validationData', held, options, 'validationSteps', passes, ['validationBatchSize'])
    : undefined;
  const validationData = validation === undefined ? (held as Arrays | undefined) : undefined;
  if (validation === undefined && options.validationSteps !== undefined)
    throw new RangeError('validationSteps is for a stream as validationData');
  if (
    validationData !== undefined &&
    !(Array.isArray(validationData) && (validationData.length === 2 || validationData.length === 3))
  ) {
    throw new TypeError('validationData must be [x, y], [x, y, sampleWeight] or a stream of batches');
  }
  const byClass = classWeight === undefined || (isObject(classWeight) && tagOf(classWeight) !== 'Map');
  checkKind(byClass, 'classWeight', 'an object of weights by class', classWeight);
  if (classWeight !== undefined && sampleWeight !== undefined) {
    throw new RangeError('classWeight and sampleWeight cannot be given together');
  }
  const plan = { epochs, initialEpoch, batchSize, shuffle, validationBatchSize, callbacks, line, ports, signal };
  if (isSource(x)) {
    const refused = ['batchSize', 'validationSplit', 'sampleWeight', ...(options.shuffle ? ['shuffle'] : [])];
    const stream = planStream('fit', x, options, 'stepsPerEpoch', passes, refused);
    // a function is called for every epoch, as a stream is begun for every validation
    const train = { ...stream, goesOn: stream.steps !== undefined && typeof x !== 'function', classWeight };
    return { ...plan, train, validation: validation ?? arraysFrom(validationData) };
  }
  if (y === undefined)
    throw new TypeError('fit needs targets: fit(x, y, options); an array of batches is given as () => batches');
  if (options.stepsPerEpoch !== undefined) throw new RangeError('stepsPerEpoch is for streams of batches');
  if (validationSplit === 0 || held !== undefined)
    return {
      ...plan,
      train: { x, y, sampleWeight, classWeight },
      validation: validation ?? arraysFrom(validationData),
    };
  for (const one of arraysOf('x', x, ports.inputs))
    for (const other of arraysOf('y', y, ports.outputs))
      checkSameCount(inputOf('x', one).shape, inputOf('y', other).shape);
  const [trainX, validX] = splitAll('x', x, ports.inputs, validationSplit);
  const [trainY, validY] = splitAll('y', y, ports.outputs, validationSplit);
  const [trainWeight, validWeight] = splitWeights(sampleWeight, ports.outputs, validationSplit);
  return {
    ...plan,
    train: { x: trainX, y: trainY, sampleWeight: trainWeight, classWeight },
    validation: { x: validX, y: validY, sampleWeight: validWeight },
  };
}
