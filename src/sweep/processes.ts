/** Hands of this machine: a pool of processes, each of which computes one trial at a time. */
import type { ChildProcess } from 'node:child_process';
import { getBuiltin } from '../files/modules.ts';
import { checkInteger, checkKind, checkOptions } from '../validate.ts';
import { unlessAborted } from './aborts.ts';
import { type ComputeOptions, checkOutcome, failure, type Hands, type Job, type Outcome } from './job.ts';
import type { FromProcess, Setup, ToProcess } from './messages.ts';
import { checkpointsOf } from './perform.ts';
import { inFolder } from './stores.ts';

/** Options of {@link processes}. */
export interface ProcessesOptions {
  /** The module that exports `run(task, context)`. If it exports `setup(context)` too, each process awaits that first; what it throws is no failure of a trial, but ends the sweep. */
  readonly module: string | URL;
  /** Processes at a time, from 1 to 1024. Default: as many as the machine has processors. */
  readonly workers?: number;
  /** Given to `run` as its second argument; any value that can be cloned. Default none. */
  readonly context?: unknown;
  /** Folder for checkpoints, so that trials go on in any of the processes. Default none: trials that go on begin at the beginning, with the same result. */
  readonly checkpoints?: string;
  /** The key under which a number that `run` returns is recorded. Default `'value'`. */
  readonly key?: string;
  /** Gets what the processes print. Default: written to stderr. */
  readonly onOutput?: (text: string) => void;
}

/** Deaths of its process after which a trial has failed. */
const MOST_DEATHS = 10;

/** A process, and what happens to its job. */
interface Member {
  readonly name: string;
  readonly child: ChildProcess;
  /** The last that it printed, for an Error. */
  printed: string;
  busy: boolean;
  dismissed: boolean;
}

/** Thrown where a process ended before its job was done. */
class Died extends Error {}

class Pool implements Hands {
  readonly capacity: number;
  readonly #options: ProcessesOptions;
  readonly #members = new Set<Member>();
  /** Of checkpoints, to be finished before the pool is closed. */
  readonly #removals: Promise<void>[] = [];
  readonly #started = Math.floor(Date.now() / 1000).toString(36);
  #count = 0;

  constructor(options: ProcessesOptions, workers: number) {
    this.#options = options;
    this.capacity = workers;
  }

  async compute(job: Job, options: ComputeOptions): Promise<Outcome> {
    for (let deaths = 1; ; deaths++) {
      options.signal.throwIfAborted();
      const member = this.#free(options.avoid);
      try {
        return await this.#give(member, job, options);
      } catch (error) {
        options.signal.throwIfAborted();
        if (!(error instanceof Died)) throw error;
        if (deaths < MOST_DEATHS) continue;
        // a process that could not be started is no fault of the trial
        if (member.child.pid === undefined) throw error;
        return failure(error, member.name);
      }
    }
  }

  dismiss(worker: string): void {
    for (const member of this.#members)
      if (member.name === worker) {
        member.dismissed = true;
        if (!member.busy) this.#kill(member);
      }
  }

  forget(trials: readonly number[]): void {
    const { checkpoints } = this.#options;
    if (checkpoints === undefined) return;
    const store = inFolder(checkpoints);
    for (const trial of trials) this.#removals.push(store.remove(checkpointsOf(trial)));
  }

  async close(): Promise<void> {
    const ends = [...this.#members].map(({ child }) => new Promise((resolve) => child.once('exit', resolve)));
    for (const member of this.#members) this.#kill(member);
    await Promise.all([...ends, ...this.#removals]);
  }

  /** A process without a job that is not to be avoided. One that is gives its place to another. */
  #free(avoid: readonly string[]): Member {
    const idle = [...this.#members].filter(({ busy }) => !busy);
    const member = idle.find(({ name }) => !avoid.includes(name));
    if (member !== undefined) return member;
    const [spare] = idle;
    if (spare !== undefined && this.#members.size >= this.capacity) this.#kill(spare);
    return this.#start();
  }

  #start(): Member {
    const { module, context, key = 'value', checkpoints, onOutput } = this.#options;
    const builtin = getBuiltin();
    if (builtin === undefined) throw new Error('a pool of processes needs Node 20.19 or newer');
    const { fork } = builtin('node:child_process');
    const { fileURLToPath } = builtin('node:url');
    const child = fork(fileURLToPath(new URL('./sweep-process.js', import.meta.url)), [], {
      serialization: 'advanced',
      execArgv: [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const name = `${builtin('node:os').hostname()}/${child.pid ?? 0}-${this.#started}-${++this.#count}`;
    const member: Member = { name, child, printed: '', busy: false, dismissed: false };
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        member.printed = `${member.printed}${text}`.slice(-2000);
        if (onOutput === undefined) process.stderr.write(text);
        else onOutput(text);
      });
    child.on('error', () => this.#members.delete(member));
    child.on('exit', () => this.#members.delete(member));
    this.#members.add(member);
    const setup: Setup = { module: String(module), context, key, checkpoints, worker: name };
    this.#send(member, { setup });
    return member;
  }

  /** A process that cannot be told is about to end, which is heard elsewhere. */
  #send({ child }: Member, message: ToProcess): void {
    if (child.connected) child.send(message, () => undefined);
  }

  #kill(member: Member): void {
    this.#members.delete(member);
    member.child.kill('SIGKILL');
  }

  async #give(member: Member, job: Job, { signal, onEpoch }: ComputeOptions): Promise<Outcome> {
    const { child } = member;
    member.busy = true;
    let [end, hear]: [(...how: unknown[]) => void, (message: FromProcess) => void] = [() => undefined, () => undefined];
    try {
      return await unlessAborted<Outcome>(signal, (resolve, reject) => {
        end = (code, killed) => {
          const printed = member.printed.trim();
          const how = killed ?? (code instanceof Error ? code.message : `exit code ${code}`);
          reject(new Died(`its process ended ${MOST_DEATHS} times (${how})${printed && `: ${printed}`}`));
        };
        hear = (message) => {
          if ('epoch' in message) onEpoch(message.epoch, message.logs);
          else if ('error' in message) reject(new Error(message.error));
          else {
            checkOutcome(message.outcome, job);
            resolve(message.outcome);
          }
        };
        child.once('exit', end);
        child.once('error', end);
        child.on('message', hear);
        // it may have ended before anybody listened
        if (child.exitCode !== null || child.signalCode !== null) end(child.exitCode, child.signalCode);
        this.#send(member, { job });
      });
    } finally {
      child.off('exit', end);
      child.off('error', end);
      child.off('message', hear);
      member.busy = false;
      if (member.dismissed || signal.aborted) this.#kill(member);
    }
  }
}

/**
 * Hands that are processes of this machine. Each runs one trial at a time in one program of its own, so a trial that crashes takes no other one along: it is computed
 * again.
 *
 * @throws TypeError or RangeError for wrong options
 * @category Sweeps
 * @example
 * ```ts no-run
 * // trial.js: export const run = async ({ settings, fit }) => { …; await model.fit(x, y, fit); };
 * import { processes, sweep } from 'simdescent/sweep';
 * const hands = processes({ module: new URL('./trial.js', import.meta.url), workers: 2 });
 * const { best } = await sweep({ space: { rate: { log: [1e-4, 0.1], steps: 8 } }, objective: 'val_loss', hands });
 * console.log(best?.settings);
 * ```
 */
export function processes(options: ProcessesOptions): Hands {
  checkOptions('processes', options, ['module', 'workers', 'context', 'checkpoints', 'key', 'onOutput']);
  const { module, workers = getBuiltin()?.('node:os').availableParallelism() ?? 1 } = options;
  checkKind(typeof module === 'string' || module instanceof URL, 'module', 'the URL of a module', module);
  checkInteger('workers', workers, 1, 1024);
  return new Pool(options, workers);
}
