/** `train` and `compare` from flags to files: check, load, train one after another, report. */
import os from 'node:os';
import type { FashionMnist } from '../datasets/index.ts';
import { loadFashionMnist } from '../datasets/index.ts';
import { createRuntime, type Runtime, type Sequential } from '../index.ts';
import { check, compile, network, networkName, run } from './experiment.ts';
import { listen } from './interrupt.ts';
import { commandLine, TRAINING_IMAGES, type TrainingOptions } from './options.ts';
import { writableFolder, writeFiles } from './output.ts';
import { type Display, display } from './progress.ts';
import { type ReportRecord, type RunRecord, summary } from './report/record.ts';
import { resultTable } from './table.ts';
import { VERSION } from './version.ts';

export interface Experiment {
  readonly command: 'train' | 'compare';
  readonly names: readonly string[];
  readonly options: TrainingOptions;
  /** One model for all, compiled again for each optimizer: it goes on from the weights the one before left. */
  readonly carry: boolean;
}

/** Does it all and gives the exit code. */
export async function train(experiment: Experiment): Promise<number> {
  const { command, names, options } = experiment;
  const stream = options.json ? process.stderr : process.stdout;
  const shown = display(stream);
  const runtime = createRuntime();
  const interrupt = listen((message) => {
    shown.stop();
    process.stderr.write(`simdescent: ${message}\n`);
  });
  const runs: RunRecord[] = [];
  try {
    check(names, options, runtime);
    const folder = options.out === undefined ? undefined : await writableFolder(options.out);
    const set = await load(options, shown, interrupt.signal);
    if (set) {
      await trainAll(experiment, runtime, set, shown, interrupt.signal, async (record, done) => {
        runs.push(record);
        // After each run, so that whatever ends the process later does not cost what is finished.
        if (folder && !done) await write(folder, report(experiment, runs, !done));
      });
    }
    const whole = runs.length === names.length && runs.every((record) => record.finished);
    const rows = runs.filter((record) => record.epoch.length > 0).map(summary);
    if (rows.length > 0) stream.write(`\n${resultTable(rows)}\n`);
    if (folder) {
      await write(folder, report(experiment, runs, !whole));
      stream.write(`\nreport: ${folder}/report.html\n`);
    }
    if (options.json) {
      const entries = rows.map((row) => jsonOf(row, options, runtime));
      const last = command === 'train' ? { command, ...entries[0] } : { command, runs: entries };
      process.stdout.write(`${JSON.stringify(last)}\n`);
    }
    return whole ? 0 : (interrupt.exitCode ?? 1);
  } finally {
    shown.stop();
    interrupt.dispose();
    runtime.dispose();
  }
}
