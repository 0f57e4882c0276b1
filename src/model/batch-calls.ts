/**
 * Calls on one batch, at once: `predictOnBatch`, `trainOnBatch`, `testOnBatch`. Programs and the memory of data are kept for recent
 * sizes, so that the next call of a size allocates nothing in linear memory.
 */
import type { Room, Scope } from '../engine/memory.ts';
import type { Program } from '../engine/program.ts';
import type { Engine } from '../engine/runtime.ts';
import { toArrayData } from '../tensor.ts';
import { sameShape } from '../validate.ts';
import type { Values } from '../values.ts';
import type { ModelData } from './options.ts';
import { arraysOf, inputOf, type Samples, weightsBy } from './samples.ts';
import type { SparseInput } from './sparse-hook.ts';

/** How many sizes of batches keep their programs, the latest used: enough for a smaller last batch, and some more. */
const MOST = 8;

/** A program, where its data is, and the outputs for its caller. */
interface Kept {
  readonly kind: string;
  readonly form: Form;
  readonly scope: Scope;
  readonly places: readonly number[];
  readonly program: Program;
  readonly views: readonly Float32Array[];
}

/** The result of recording a call. */
export interface Recorded {
  readonly program: Program;
  readonly views?: readonly Float32Array[];
}

/** The arrays, already read: they are copied into the program's own memory, so only a tensor's numbers matter. */
const arraysFor = (what: string, value: ModelData, names: readonly string[]): readonly Values[] =>
  arraysOf(what, value, names).map((one) => bare(toArrayData(what, one)));

/** Inputs likewise, which may be sparse rows. */
export const inputsFor = (x: ModelData, names: readonly string[]): readonly (Values | SparseInput)[] =>
  arraysOf('x', x, names).map((one) => {
    const input = inputOf('x', one);
    return 'offsets' in input ? input : bare(input);
  });

/** Weights of the outputs that have some. */
const byName = (names: readonly string[], weights: readonly (Values | undefined)[]): Readonly<Record<string, Values>> =>
  Object.fromEntries(names.flatMap((name, i) => (weights[i] === undefined ? [] : [[name, weights[i]]])));

const bare = ({ data, shape, divisor }: Values): Values => ({ data, shape, divisor });

/** In the form that a model takes. */
export const oneOrAll = (values: readonly (Values | SparseInput)[]): ModelData =>
  values.length === 1 ? (values[0] as Values) : values;

/** A program depends on its kind and on this: arrays of these types, shapes and divisors; `undefined` for missing ones. */
type Form = readonly (Values | undefined)[];

/** The type and the shape of an array without its numbers, so that these can be collected. */
function emptied({ data, shape, divisor }: Values): Values {
  const Own = data.constructor as new (length: number) => Values['data'];
  return { data: new Own(0), shape: [...shape], divisor };
}

const sameForm = (a: Form, b: Form): boolean =>
  a.length === b.length &&
  a.every((one, i) => {
    const other = b[i];
    if (one === undefined || other === undefined) return one === other;
    const { data, shape, divisor } = other;
    return one.data.constructor === data.constructor && one.divisor === divisor && sameShape(one.shape, shape);
  });

export class BatchCalls {
  readonly #engine: Engine;
  /** The latest used last. */
  #kept: Kept[] = [];

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /**
   * Runs a step on a batch. `place` puts the data into memory from a room and returns the number of rows; `record` records
   * the program the first time.
   */
  run<T extends { readonly count: number }>(
    kind: string,
    samples: Pick<Samples, 'x'> & Partial<Samples>,
    names: { readonly inputs: readonly string[]; readonly outputs: readonly string[] },
    place: (room: Room, samples: Samples) => T,
    record: (scope: Scope, placed: T) => Recorded,
    before: (program: Program) => void = () => {},
  ): Kept {
    const x = inputsFor(samples.x, names.inputs).map((one) => ('offsets' in one ? one.roomy : one));
    const y = samples.y === undefined ? [] : arraysFor('y', samples.y, names.outputs);
    const weights = weightsBy(samples.sampleWeight, names.outputs).map(
      (one) => one && bare(toArrayData('sampleWeight', one)),
    );
    const { classWeight } = samples;
    const given = weights.some((one) => one !== undefined);
    const sampleWeight = given ? byName(names.outputs, weights) : undefined;
    const all: Samples = { x: oneOrAll(x), y: oneOrAll(y), sampleWeight, classWeight };
    const forms = x.map((one) => ('form' in one ? one.form : one));
    const form = [...forms, undefined, ...y, undefined, ...weights, classWeight && y[0]];
    const at = this.#kept.findLastIndex((one) => one.kind === kind && sameForm(one.form, form));
    let kept = this.#kept[at];
    if (kept === undefined) {
      const empty = form.map((one) => one && emptied(one));
      kept = { kind, form: empty, ...this.#make(all, place, record) };
      this.#kept.push(kept);
      if (this.#kept.length > MOST) this.#kept.shift()?.scope.dispose();
    } else {
      let next = 0;
      const { places } = kept;
      place({ allocate: () => places[next++] ?? 0 }, all);
      // the latest used is forgotten last
      if (at < this.#kept.length - 1) this.#kept.push(...this.#kept.splice(at, 1));
    }
    before(kept.program);
    kept.program.runNow(x[0]?.shape[0] ?? 0);
    return kept;
  }

  #make<T extends { readonly count: number }>(
    given: Samples,
    place: (room: Room, samples: Samples) => T,
    record: (scope: Scope, placed: T) => Recorded,
  ): Omit<Kept, 'kind' | 'form'> {
    const scope = this.#engine.scope();
    try {
      const places: number[] = [];
      const room: Room = {
        allocate(bytes) {
          const address = scope.allocate(bytes);
          places.push(address);
          return address;
        },
      };
      const { program, views = [] } = record(scope, place(room, given));
      return { scope, places, program, views };
    } catch (error) {
      scope.dispose();
      throw error;
    }
  }

  /** Frees the kept programs: all, or those of these kinds. */
  dispose(kinds?: readonly string[]): void {
    const goes = ({ kind }: Kept) => kinds?.includes(kind) ?? true;
    const gone = this.#kept.filter(goes);
    this.#kept = this.#kept.filter((one) => !goes(one));
    for (const { scope } of gone) scope.dispose();
  }
}
