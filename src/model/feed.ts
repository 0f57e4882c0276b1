/** Where a pass gets its batches: from arrays that lie in memory, or from a stream (stream-feed.ts). */
import type { Program } from '../engine/program.ts';

export interface Feed {
  /** The program of the next run; a stream changes it when a batch needs another. */
  readonly program: Program;
  /** Rows of a full batch. */
  readonly batchSize: number;
  /** Rows of a pass, if known. */
  readonly count: number | undefined;
  /** Batches of a pass, if known. */
  readonly steps: number | undefined;
  /** Rows done in this pass. */
  readonly rows: number;
  /** Begins a pass, with all totals zero. */
  begin(epoch: number): void | Promise<void>;
  /** How many batches can run now; 0 at the end of the pass, or if `wake` has ended a wait. */
  ready(): number | Promise<number>;
  /** So many batches have run. */
  ran(steps: number): void;
  /** Whether the pass has had all its batches. */
  readonly ended: boolean;
}

/** Rows that lie in memory. */
export class ArrayFeed implements Feed {
  readonly program: Program;
  readonly count: number;
  readonly batchSize: number;
  readonly steps: number;
  /** Address of the order of the rows as i32, 0 for as they are. */
  order = 0;
  #left = 0;

  constructor(program: Program, count: number, batchSize: number) {
    this.program = program;
    this.count = count;
    this.batchSize = batchSize;
    this.steps = Math.ceil(count / batchSize);
  }

  get rows(): number {
    return this.program.rows;
  }

  get ended(): boolean {
    return this.#left === 0;
  }

  begin(): void {
    this.#left = this.steps;
    this.program.begin(this.count, this.order);
  }

  ready(): number {
    return this.#left;
  }

  ran(steps: number): void {
    this.#left -= steps;
  }
}
