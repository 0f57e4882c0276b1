/** How many threads a program gets. No bit depends on it. */
import { Crew } from './crew.ts';
import type { Machine } from './machine.ts';
import { mayShare, processors } from './worker.ts';

/** Nanoseconds on one thread from which threads share an operation: about 0.16 MFLOP. */
const GRAIN = 3500;
/** Nanoseconds of shared operations in a step for each thread. */
const SHARE = 12_000;
/** Most threads of 'auto'; more have not been measured. */
const MOST = 8;
/** Milliseconds that programs worth a crew must have run before 'auto' starts one: starting costs some ten on each processor. */
const RUN_IN = 10;

/** Decides by measurement whether a program runs alone or shared, because a processor may be busy with something else. */
export class Choice {
  /** Milliseconds of a step; -1 until it is tried. */
  #alone = -1;
  #shared = -1;
  #runs = 0;
  /** Runs until the slower way gets its next chance: ever more. */
  #until = 1;

  get shared(): boolean {
    const better = this.#shared <= this.#alone;
    return this.#runs >= this.#until ? !better : better;
  }

  took(shared: boolean, milliseconds: number): void {
    // a better time counts at once: the first shared runs are slow, while the worker's code is not optimized yet
    const mix = (old: number): number => (old < 0 || milliseconds < old ? milliseconds : (old + milliseconds) / 2);
    if (shared) this.#shared = mix(this.#shared);
    else this.#alone = mix(this.#alone);
    if (Math.min(this.#alone, this.#shared) < 0 || this.#runs++ < this.#until) return;
    this.#runs = 0;
    this.#until = Math.min(this.#until * 2, 256);
  }
}

/** Which operations of a program are shared, and on how many threads; with `choice` if that is to be measured. */
export interface Plan {
  readonly shared: readonly boolean[];
  readonly threads: number;
  readonly choice?: Choice;
}

export class Threading {
  /** Nanoseconds from which threads share an operation. Tests set it to 0. */
  grain = GRAIN;
  /** Milliseconds for which the calling thread sleeps at most before it checks that the workers are alive. */
  patience = 20;
  /** Milliseconds that programs worth a crew have run without one. */
  spent = 0;
  /** Most threads of a run. */
  most: number;
  readonly #engine: Machine;
  readonly #auto: boolean;
  #crew: Crew | undefined;
  /** By the time of a program's shared operations, so that a model that is trained again finds its own. */
  readonly #choices = new Map<number, Choice>();

  constructor(engine: Machine, threads: number | 'auto') {
    this.#engine = engine;
    this.#auto = threads === 'auto';
    this.most = !mayShare() ? 1 : threads === 'auto' ? Math.min(processors(), MOST) : threads;
  }

  /** Workers that are ready. */
  get workers(): number {
    return (this.#crew?.threads ?? 1) - 1;
  }

  /**
   * Which operations of a program threads share, given the nanoseconds that each takes on one thread: those above `grain`, good to a factor
   * of two.
   */
  plan(costs: readonly number[], grain = this.grain): Plan {
    const shared = costs.map((cost) => this.most > 1 && cost > grain);
    const work = costs.reduce((sum, cost, i) => (shared[i] ? sum + cost : sum), 0);
    if (!this.#auto) return { shared, threads: work === 0 ? 1 : this.most };
    const threads = Math.max(1, Math.min(this.most, Math.floor(work / SHARE)));
    if (threads === 1) return { shared, threads };
    if (this.#choices.size > 100) this.#choices.clear();
    const choice = this.#choices.get(work) ?? new Choice();
    this.#choices.set(work, choice);
    return { shared, threads, choice };
  }

  /** A crew of at most `threads`, if one is ready; starts what is missing. */
  crew(threads: number): Crew | undefined {
    const crew = this.#crew;
    // a larger core has come: the next programs may have operations that these workers lack
    const outgrown = crew?.busy === false && crew.module !== this.#engine.module;
    if (outgrown || crew?.lost !== undefined) this.#dismiss();
    if (this.most === 1 || (this.#auto && this.spent < RUN_IN)) return undefined;
    try {
      this.#crew ??= new Crew(this.#engine, this.patience);
      this.#crew.grow(threads);
    } catch {
      // there is no memory for it, or the host refuses
      this.stop();
    }
    return this.#crew !== undefined && this.#crew.threads > 1 && !this.#crew.busy ? this.#crew : undefined;
  }

  /** Ends all workers and starts no others. */
  stop(): void {
    this.most = 1;
    this.#dismiss();
  }

  #dismiss(): void {
    if (this.#crew?.refused) this.most = 1;
    void this.#crew?.dismiss();
    this.#crew = undefined;
  }
}
