/** `simdescent sweep` from a spec to files: check, compute, report. */
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type FashionMnist, loadFashionMnist } from '../../datasets/index.ts';
import { type Hands, queue as queued, type SweepResult, search, sweep } from '../../sweep/index.ts';
import { printable } from '../../validate.ts';
import { VERSION } from '../../version.ts';
import { EXIT } from '../errors.ts';
import { listen } from '../interrupt.ts';
import { type FolderLock, lockFolder } from '../lock.ts';
import { writeFiles } from '../output.ts';
import { type Display, display } from '../progress.ts';
import { machineOf } from '../report-of.ts';
import { goOnWithoutOutput } from '../streams.ts';
import { digestOfData } from './about.ts';
import { builtInPool, checkAddress } from './built-in.ts';
import { progressOf } from './display.ts';
import { lend, linksOf, type Serving } from './lending.ts';
import { type SweepRecord, sweepCsv, sweepJson } from './result.ts';
import { checkSpec, type Spec } from './spec.ts';
import { byValue, shownValue, succeeded, trialTable, varying } from './text.ts';

/** A queue, as `--queue` and its companions say. */
interface Queueing {
  readonly url: string;
  /** Undefined: the default one. */
  readonly name: string | undefined;
  /** Whether to remove first what waits in it. */
  readonly empty: boolean;
}

export interface SweepRequest {
  readonly spec: Spec;
  /** The command line that repeats it. */
  readonly command: string;
  readonly out: string;
  readonly resume: boolean;
  readonly workers: number;
  /** The queue that others read, instead of processes here. */
  readonly queue: Queueing | undefined;
  /** Where others get trials over HTTP, beside the processes here. */
  readonly serving: Serving | undefined;
  /** Other origins whose pages may be workers. */
  readonly origins: readonly string[];
  readonly data: string | undefined;
  readonly json: boolean;
  readonly dryRun: boolean;
}

/** Rows of the table that is printed; the files have all. */
const MOST_ROWS = 20;

export async function sweeping(request: SweepRequest): Promise<number> {
  const { spec, out, resume, queue, serving, data, json, dryRun } = request;
  checkSpec(spec);
  if (queue !== undefined) checkAddress(queue.url);
  const { verify = 0, ...options } = spec;
  const planned = search(options);
  const { total, objective } = planned;
  const shown = display(json ? process.stderr : process.stdout);
  if (dryRun) {
    list(request, shown.line);
    return EXIT.done;
  }
  const interrupt = listen(shown.note);
  const { signal } = interrupt;
  const [started, begun] = [new Date(), performance.now()];
  let lock: FolderLock | undefined;
  try {
    lock = await lockFolder(out, shown.note, (milliseconds) => setTimeout(milliseconds, undefined, { signal }));
    goOnWithoutOutput();
    const { folder } = lock;
    // the processes find it where it is then
    const set = await loadFashionMnist({ data, apt: true, signal, onProgress: shown.data });
    shown.stop();
    const hands = await handsOf(request, set, join(folder, 'checkpoints'), shown);
    const { found, ...watcher } = progressOf(shown, total, objective.key, varyingIn(spec));
    let result: SweepResult | undefined;
    let problem: unknown;
    try {
      result = await sweep({ ...options, hands, out: folder, resume, verify, signal, ...watcher });
    } catch (error) {
      // what is known of trials that all failed is worth keeping
      if (!signal.aborted && (found.size < total.trials || [...found.values()].some(succeeded))) throw error;
      if (!signal.aborted) problem = error;
    }
    shown.stop();
    const stopped = result === undefined && problem === undefined;
    const trials = result?.trials ?? [...found.values()].sort((a, b) => a.trial - b.trial);
    // on a queue, and with guests, those who computed something
    const workers =
      queue === undefined && serving === undefined ? request.workers : new Set(trials.map(({ worker }) => worker)).size;
    const best =
      result?.best?.trial ?? byValue(trials, objective.mode).find(({ value }) => !Number.isNaN(value))?.trial ?? null;
    const record: SweepRecord = {
      ...{ simdescent: VERSION, command: request.command, spec, objective },
      ...{ digest: result?.digest ?? '', stopped, date: started.toISOString(), workers },
      ...{ seconds: (performance.now() - begun) / 1000, machine: machineOf(), best, trials },
    };
    shown.line(trials.length > 0 ? `\n${trialTable(trials, objective, MOST_ROWS)}` : 'no trial was finished');
    if (result) shown.line(`\ndigest of the sweep: ${result.digest}`);
    await lock.check();
    await writeFiles(folder, await filesOf(record));
    shown.line(
      `\n${printable(folder)}/report.html has the charts, sweep.json the trials${stopped ? '; --resume goes on' : ''}`,
    );
    if (problem !== undefined) throw problem;
    if (json) process.stdout.write(`${JSON.stringify(lastLine(record))}\n`);
    return interrupt.exitCode ?? EXIT.done;
  } catch (error) {
    // stopped while it looked for the data, or whether another process has the folder
    if (interrupt.exitCode !== undefined && signal.aborted && error === signal.reason) return interrupt.exitCode;
    throw error;
  } finally {
    shown.stop();
    lock?.release();
    interrupt.dispose();
  }
}

/** Who computes the trials. */
async function handsOf(
  { spec, queue, serving, origins, data, workers }: SweepRequest,
  set: FashionMnist,
  checkpoints: string,
  { line, note }: Display,
): Promise<Hands> {
  if (queue !== undefined) {
    const { url, name, empty } = queue;
    return queued({
      ...{ url, empty, about: await digestOfData(set), onNote: note },
      ...(name !== undefined && { name }),
    });
  }
  const pool = builtInPool(data, checkpoints, workers, note);
  if (serving === undefined) return pool;
  const about = await digestOfData(set);
  try {
    const served = await lend(serving, { about, set, hands: pool, origins, note });
    line(['lend a tab, or run `simdescent worker --queue LINK`:', ...linksOf(served.url)].join('\n  '));
    if (!spec.verify) note('what guests compute is taken as it is; --verify 0.1 has a tenth computed again here');
    return served;
  } catch (error) {
    await pool.close();
    throw error;
  }
}

async function filesOf(record: SweepRecord): Promise<Map<string, string>> {
  const { sweepHtml } = await import('../report/sweep-html.ts'); // the charts are most of this program's code
  return new Map([
    ['sweep.json', sweepJson(record)],
    ['report.html', sweepHtml(record)],
    ['sweep.csv', sweepCsv(record)],
  ]);
}

function lastLine({ objective, digest, stopped, workers, seconds, best, trials }: SweepRecord) {
  const found = trials.find(({ trial }) => trial === best);
  return {
    ...{ command: 'sweep', stopped, trials: trials.length, failed: trials.filter((one) => !succeeded(one)).length },
    ...{ workers, seconds, objective },
    best: found
      ? { trial: found.trial, settings: found.settings, epochs: found.epochs, value: found.value, digest: found.digest }
      : null,
    digest: digest || null,
  };
}

/** Settings of a spec that are not the same in all trials. */
const varyingIn = ({ space }: Spec): string[] =>
  Object.entries(space).flatMap(([name, range]) =>
    typeof range === 'object' && !(Array.isArray(range) && range.length === 1) ? [name] : [],
  );

/** The trials that are known beforehand, and how many there are in all. */
function list({ spec }: SweepRequest, line: (text: string) => void): void {
  const { verify, ...options } = spec;
  const planned = search(options);
  const jobs = [];
  for (let job = planned.ask(); job !== undefined; job = planned.ask()) jobs.push(job);
  const names = varying(jobs);
  for (const { trial, settings, epochs } of jobs) {
    const shown = names.flatMap((name) => (name in settings ? [`${name} ${shownValue(settings[name])}`] : []));
    line([`trial ${trial}`, ...shown, `${epochs} epochs`].join('  '));
  }
  const { trials, epochs } = planned.total;
  const later = trials > jobs.length ? `; ${trials - jobs.length} more depend on results` : '';
  line(`${trials} trials, ${epochs} epochs in all${later}`);
}
