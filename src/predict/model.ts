/** A model that only predicts. */
import { ForwardProgram } from '../engine/forward.ts';
import { Printed } from '../printed.ts';
import { nextTask } from '../task.ts';
import { checkInteger, checkOptions, checkSignal, sameShape, showShape, sizeOf } from '../validate.ts';
import { type ArrayData, inOrder, type NestedArray, type Values, valuesOf } from '../values.ts';
import type { ForwardFile, Port } from './forward-file.ts';

/** Samples [n, ...input]; for several inputs an array in order, or an object by name. */
export type PredictData =
  | NestedArray
  | ArrayData
  | readonly (NestedArray | ArrayData)[]
  | (Readonly<Record<string, NestedArray | ArrayData>> & {
      /** An object with `data` is one array. */
      readonly data?: never;
    });

/** An output for all samples: [samples, ...output], a copy. */
export interface Prediction {
  /** The numbers, row-major. */
  readonly data: Float32Array;
  /** Sizes of the axes; the first one counts the samples. */
  readonly shape: readonly number[];
}

/** Options of `predict`. */
export interface PredictOptions {
  /** Samples that are computed at once. Default 32. */
  readonly batchSize?: number;
  /** Stops between two batches: the call rejects with the signal's reason. Default none. */
  readonly signal?: AbortSignal;
}

/** Milliseconds after which `predict` lets events run. */
const LONGEST = 12;

/** Without a last axis of 1, which samples may have or not. */
const squeezed = (shape: readonly number[]): readonly number[] => (shape.at(-1) === 1 ? shape.slice(0, -1) : shape);

/** A loaded model. `P` is what it predicts: {@link Prediction}, an array of them or an object by the names of the outputs, as the model that was saved. */
export class PredictionModel<P = Prediction> extends Printed {
  /** Names of its inputs, for data given by name; `'x'` for one without a name. */
  readonly inputNames: readonly string[];
  /** Names of its outputs. */
  readonly outputNames: readonly string[];
  /** Strings of your own that were saved with the model: names of classes, preprocessing. */
  readonly metadata: Map<string, string>;
  readonly #file: Pick<ForwardFile, 'inputs' | 'outputs' | 'returns'>;
  #program: ForwardProgram | undefined;

  /** @internal */
  constructor({ places, operations, metadata, ...file }: ForwardFile) {
    super();
    this.#file = file;
    this.#program = new ForwardProgram(places, operations);
    this.metadata = metadata;
    this.inputNames = file.inputs.map(({ name }) => name);
    this.outputNames = file.outputs.map(({ name }) => name);
  }

  /** @internal */
  override get [Symbol.toStringTag](): string {
    return 'PredictionModel';
  }

  override toString(): string {
    const { inputs, outputs } = this.#file;
    const [from, to] = [inputs, outputs].map((ports) =>
      ports.map(({ shape }) => showShape(['..', ...shape])).join(', '),
    );
    return `PredictionModel from ${from} to ${to}${this.#program === undefined ? ', disposed of' : ''}`;
  }

  /**
   * The output for samples [n, ...input], batch by batch: events run in between if that takes long. The numbers are those of `predict` of
   * the whole library, to the last bit.
   *
   * @throws RangeError for samples that do not fit; TypeError for anything but numbers.
   */
  async predict(x: PredictData, options: PredictOptions = {}): Promise<P> {
    checkOptions('predict', options, ['batchSize', 'signal']);
    const { batchSize = 32, signal } = options;
    checkInteger('batchSize', batchSize, 1);
    checkSignal(signal);
    signal?.throwIfAborted();
    const steps = this.#steps(x, batchSize);
    let begun = performance.now();
    for (;;) {
      const { done, value } = steps.next();
      if (done) return value;
      if (performance.now() - begun < LONGEST) continue;
      await nextTask();
      signal?.throwIfAborted();
      begun = performance.now();
    }
  }

  /** The output for one batch, at once. @throws as {@link predict} rejects. */
  predictOnBatch(x: PredictData): P {
    const steps = this.#steps(x, Number.POSITIVE_INFINITY);
    for (;;) {
      const { done, value } = steps.next();
      if (done) return value;
    }
  }

  /** Frees the memory. The model cannot be used afterwards. */
  dispose(): void {
    this.#program = undefined;
  }

  /** {@link dispose}, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  get #running(): ForwardProgram {
    if (this.#program === undefined) throw new Error('the model has been disposed of');
    return this.#program;
  }

  /** Predicts, and yields after each batch. */
  *#steps(x: PredictData, batchSize: number): Generator<undefined, P> {
    const { inputs, outputs, returns } = this.#file;
    void this.#running;
    const given = inOrder<unknown>('x', x, this.inputNames);
    const several = inputs.length > 1;
    const values = inputs.map((port, i) => samplesOf(several ? port.name : 'x', port, given[i]));
    const count = values[0]?.shape[0] ?? 0;
    const other = values.findIndex(({ shape }) => shape[0] !== count);
    if (other >= 0)
      throw new RangeError(
        `${inputs[0]?.name} has ${count} samples, ${inputs[other]?.name} has ${values[other]?.shape[0]}`,
      );
    const results = outputs.map(({ shape }) => ({
      data: new Float32Array(count * sizeOf(shape)),
      shape: [count, ...shape],
    }));
    const size = Math.min(batchSize, count);
    for (let from = 0; from < count; from += size) {
      const program = this.#running;
      const rows = Math.min(size, count - from);
      program.fit(size);
      for (const [i, { shape, place }] of inputs.entries()) {
        const { data, divisor } = values[i] as Values;
        const perRow = sizeOf(shape);
        const floats = program.floats(place, rows * perRow);
        floats.set(data.subarray(from * perRow, (from + rows) * perRow));
        const by = Math.fround(divisor);
        // the quotient of two floats, rounded to double and then to float, is the float nearest to it
        if (by !== 1) for (let k = 0; k < floats.length; k++) floats[k] = (floats[k] as number) / by;
      }
      program.run(rows);
      for (const [i, { shape, place }] of outputs.entries()) {
        const perRow = sizeOf(shape);
        results[i]?.data.set(program.floats(place, rows * perRow), from * perRow);
      }
      yield;
    }
    const [first] = results;
    const arranged =
      returns === 'one'
        ? first
        : returns === 'list'
          ? results
          : Object.fromEntries(results.map((one, i) => [outputs[i]?.name, one]));
    return arranged as P;
  }
}

/** Checks that these are samples for an input. */
function samplesOf(name: string, { shape: expected }: Port, value: unknown): Values {
  const values = valuesOf(name, value);
  const [count, ...shape] = values.shape;
  if (count !== undefined && count > 0 && sameShape(squeezed(shape), squeezed(expected))) return values;
  const single = sameShape(squeezed(values.shape), squeezed(expected))
    ? `; put one sample into an array of samples, [${name}]`
    : '';
  throw new RangeError(
    `${name}: expected samples ${showShape(['..', ...expected])}, got ${showShape(values.shape)}${single}`,
  );
}
