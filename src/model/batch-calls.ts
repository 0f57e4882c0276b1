/**
 * Calls on one batch, at once: `predictOnBatch`, `trainOnBatch`, `testOnBatch`. Programs and the memory of data are kept for the
 * sizes seen, so that the next call of a size allocates nothing in linear memory.
 */
import type { Room, Scope } from '../engine/memory.ts';
import type { Program } from '../engine/program.ts';
import type { Engine } from '../engine/runtime.ts';
import { toArrayData } from '../tensor.ts';
import { tagOf } from '../validate.ts';
import type { ModelData } from './options.ts';
import { arraysOf, type Samples } from './samples.ts';

/** Sizes of batches whose programs are kept, the latest used: a last smaller batch, and some more. */
const MOST = 8;

/** A program, where its data lie, and the outputs that its caller reads. */
interface Kept {
  readonly scope: Scope;
  readonly places: readonly number[];
  readonly program: Program;
  readonly views: readonly Float32Array[];
}

/** What a call has recorded. */
export interface Recorded {
  readonly program: Program;
  readonly views?: readonly Float32Array[];
}

/** Numbers that are copied into memory of the program's own: a tensor may be another one next time. */
const loose = (what: string, value: ModelData, names: readonly string[]): ModelData => {
  const all = arraysOf(what, value, names).map((one) => {
    const { data, shape, divisor } = toArrayData(what, one);
    return { data, shape, divisor };
  });
  const [only] = all;
  return only !== undefined && all.length === 1 ? only : all;
};

/** Kinds and sizes of the arrays: what a program depends on. */
const kindOf = (value: ModelData | undefined): string =>
  [value ?? []]
    .flat()
    .map((one) => {
      const { data, shape, divisor } = one as { data: object; shape: readonly number[]; divisor: number };
      return `${tagOf(data)} ${shape} ${divisor}`;
    })
    .join(';');

export class BatchCalls {
  readonly #engine: Engine;
  readonly #kept = new Map<string, Kept>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /**
   * Runs a step on a batch. `place` puts the data into memory that a room hands out and says how many rows they are; `record` records
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
    const x = loose('x', samples.x, names.inputs);
    const y = samples.y === undefined ? [] : loose('y', samples.y, names.outputs);
    const sampleWeight =
      samples.sampleWeight === undefined ? undefined : loose('sampleWeight', samples.sampleWeight, ['']);
    const given: Samples = { x, y, sampleWeight, classWeight: samples.classWeight };
    const key = `${kind}|${kindOf(x)}|${kindOf(y)}|${sampleWeight === undefined ? '' : kindOf(sampleWeight)}|${samples.classWeight === undefined}`;
    let kept = this.#kept.get(key);
    if (kept === undefined) {
      kept = this.#make(given, place, record);
      const [oldest] = this.#kept.keys();
      if (this.#kept.size >= MOST && oldest !== undefined) this.#forget(oldest);
    } else {
      let next = 0;
      const { places } = kept;
      place({ allocate: () => places[next++] ?? 0 }, given);
      // the latest used is forgotten last
      this.#kept.delete(key);
    }
    this.#kept.set(key, kept);
    const [{ shape }] = [([x].flat() as readonly { readonly shape: readonly number[] }[])[0] ?? { shape: [0] }];
    before(kept.program);
    kept.program.runNow(shape[0] ?? 0);
    return kept;
  }

  #make<T extends { readonly count: number }>(
    given: Samples,
    place: (room: Room, samples: Samples) => T,
    record: (scope: Scope, placed: T) => Recorded,
  ): Kept {
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

  #forget(key: string): void {
    this.#kept.get(key)?.scope.dispose();
    this.#kept.delete(key);
  }

  /** Frees what is kept: all of it, or what begins with `kind`. */
  dispose(kind = ''): void {
    for (const key of [...this.#kept.keys()]) if (key.startsWith(kind)) this.#forget(key);
  }
}
