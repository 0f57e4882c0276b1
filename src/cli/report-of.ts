/** The parts of a report that are not measured: title, command line, settings, machine. */
import os from 'node:os';
import { OPTION_NAMES } from '../optimizers/facts/words.ts';
import { VERSION } from '../version.ts';
import type { Experiment } from './compiled.ts';
import type { ReportRecord, RunRecord } from './report/record.ts';
import { commandLine, networkName, TRAINING_IMAGES, wordsOf } from './settings.ts';

const NUMBERS = ['No', 'One', 'Two', 'Three', 'Four', 'Five', 'Six', 'Seven', 'Eight', 'Nine'];

/** The machine and versions: times depend on them. */
export function machineOf() {
  const cpus = os.cpus();
  return {
    processor: cpus[0]?.model.trim() || 'unknown',
    cores: cpus.length,
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.version,
    simdescent: VERSION,
  };
}

export function reportOf(
  experiment: Experiment,
  runs: readonly RunRecord[],
  { started, stopped, threads }: { readonly started: Date; readonly stopped: boolean; readonly threads: number },
): ReportRecord {
  const { command, names, options, carry } = experiment;
  const given = Object.fromEntries(OPTION_NAMES.map((name) => [wordsOf(name), options[name]]));
  return {
    title: `${names.length === 1 ? names[0] : `${NUMBERS[names.length] ?? names.length} optimizers`} on Fashion-MNIST`,
    command: commandLine(command, names, options, carry),
    settings: {
      network: networkName(options),
      activation: options.activation,
      epochs: options.epochs,
      'batch size': options.batchSize,
      seed: options.seed,
      'training images': options.limit ?? TRAINING_IMAGES,
      ...Object.fromEntries(
        Object.entries({ ...given, dropout: options.dropout, 'L2 penalty': options.l2 }).flatMap(([name, value]) =>
          value === undefined ? [] : [[name, value]],
        ),
      ),
      ...(command === 'compare' && {
        'each optimizer starts from': carry ? 'the weights the one before left' : 'the same weights and order',
      }),
    },
    machine: {
      ...machineOf(),
      threads: options.threads === 'auto' && threads > 1 ? `1 to ${threads}, as is faster` : threads,
      simd: options.simd ?? 'strict',
    },
    date: started.toISOString(),
    epochs: options.epochs,
    runs,
    stopped,
  };
}
