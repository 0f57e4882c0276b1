/** `train` and `compare` from flags to files: check, load, train one optimizer after another, report. */
import { setTimeout } from 'node:timers/promises';
import { loadFashionMnist } from '../datasets/index.ts';
import { createRuntime, type Runtime } from '../index.ts';
import '../relaxed.ts';
import { printable } from '../validate.ts';
import { type Keeper, refuseOthers, tidy } from './checkpoint.ts';
import { check, type Experiment, type Request, resolved } from './compiled.ts';
import { EXIT, oneLine } from './errors.ts';
import { trainAll } from './experiment.ts';
import { listen } from './interrupt.ts';
import { type FolderLock, lockFolder } from './lock.ts';
import { writeFiles } from './output.ts';
import { display } from './progress.ts';
import type { RunRecord } from './report/record.ts';
import { summary } from './report/record.ts';
import { reportOf } from './report-of.ts';
import { goOnWithoutOutput } from './streams.ts';
import { resultTable } from './table.ts';

/** Does it all and gives the exit code. */
export async function train(request: Request): Promise<number> {
  const experiment = resolved(request);
  const { command, names, options, checkpoint } = experiment;
  const runtime = createRuntime({ threads: options.threads, simd: options.simd ?? 'strict' });
  const stream = options.json ? process.stderr : process.stdout;
  const shown = display(stream);
  // the library warns on the console, where it would be in the middle of a bar
  console.warn = shown.warn;
  const interrupt = listen(shown.note);
  const { signal } = interrupt;
  const started = new Date();
  const runs: RunRecord[] = [];
  let keeper: Keeper | undefined;
  let lock: FolderLock | undefined;
  try {
    check(experiment, runtime);
    const rest = (milliseconds: number) => setTimeout(milliseconds, undefined, { signal });
    lock = options.out === undefined ? undefined : await lockFolder(options.out, shown.note, rest);
    const folder = lock?.folder;
    if (folder !== undefined && command === 'train') await refuseOthers(folder, checkpoint?.path);
    if (folder !== undefined) {
      goOnWithoutOutput();
      await tidy(folder);
    }
    const done = checkpoint?.finished.epoch.length;
    if (done === options.epochs) shown.note(`already at epoch ${done} of ${done}; give a larger --epochs to continue`);
    const onKeeper = (made: Keeper) => {
      keeper = made;
    };
    const write = async (whole: boolean) => {
      if (!folder) return;
      await lock?.check();
      const { reportFiles } = await import('./report/files.ts'); // the charts are most of this program's code
      const { threads } = runtime;
      await writeFiles(folder, reportFiles(reportOf(experiment, runs, { started, stopped: !whole, threads })));
    };
    try {
      const set = await loadFashionMnist({ data: options.data, apt: true, signal, onProgress: shown.data });
      shown.stop();
      for await (const record of trainAll(experiment, runtime, set, { shown, signal, lock, onKeeper })) {
        runs.push(record);
        // After each, so that the report of finished runs survives a later end of the process.
        if (runs.length < names.length && !signal.aborted)
          await write(false).catch((error: unknown) => shown.note(`${oneLine(error)}; the training continues`));
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    const whole = runs.length === names.length && runs.every((run) => run.finished);
    const rows = runs.map(summary).filter((row) => row.epochs > 0);
    shown.line(rows.length > 0 ? `\n${resultTable(rows, shown.columns)}` : 'no epoch was finished');
    // what has been found out is said first: it must not be lost with a report that cannot be written
    const unwritten = await write(whole).then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    if (folder && !unwritten)
      shown.line(`\n${printable(folder)}/report.html has the charts, the settings and the digests`);
    if (keeper?.last) shown.line(`${printable(keeper.last)} is the checkpoint to --resume from`);
    if (options.json) {
      const entry = (run: RunRecord) => jsonEntry(run, experiment, runtime);
      const last =
        command === 'train'
          ? { command, ...entry(runs[0] ?? unstarted(experiment)) }
          : { command, stopped: !whole, runs: runs.map(entry) };
      process.stdout.write(`${JSON.stringify(last)}\n`);
    }
    if (unwritten) throw unwritten.error;
    if (keeper?.failures) shown.note(`checkpoints of ${keeper.failures} epochs could not be written`);
    return interrupt.exitCode ?? (keeper?.failures ? EXIT.failed : EXIT.done);
  } catch (error) {
    // stopped while it checked whether another process has the folder
    if (interrupt.exitCode !== undefined && options.out !== undefined && lock === undefined) return interrupt.exitCode;
    throw error;
  } finally {
    shown.stop();
    lock?.release();
    interrupt.dispose();
    runtime.dispose();
  }
}

/** The record of a training that a signal stopped before its first step. */
const unstarted = ({ names }: Experiment): RunRecord => ({
  ...{ optimizer: names.join(), options: {}, epoch: [], history: {}, seconds: [], trainSeconds: [] },
  ...{ stepsPerEpoch: 0, digest: '', finished: false },
});

/** The finished epochs of a run. JSON knows no NaN: a value that is not finite is null there, as is the digest of a run that was stopped. */
function jsonEntry(run: RunRecord, { options }: Experiment, { threads, simd }: Runtime) {
  const { optimizer, epochs, steps, seconds, msPerStep, ...row } = summary(run);
  const { loss, accuracy, val_loss, val_accuracy } = row;
  const { batchSize, seed, limit = null } = options;
  return {
    ...{ optimizer, stopped: !run.finished, epochs, steps, batchSize, seed, limit, threads, simd },
    ...{ loss, accuracy, val_loss, val_accuracy, seconds, msPerStep, digest: run.digest || null },
  };
}
