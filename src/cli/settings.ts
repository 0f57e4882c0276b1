/** The settings that decide the numbers of a run, and the command line that repeats it. The page uses this file too. */
import type { OptimizerName } from '../optimizers/facts/names.ts';
import { OPTION_NAMES, type OptionValue, type OptionValues } from '../optimizers/facts/words.ts';

/** Training images there are. */
export const TRAINING_IMAGES = 60_000;

/** The optimizers that are compared unless others are asked for. */
export const SEVEN = [
  'sgd',
  'momentum',
  'nesterov',
  'adagrad',
  'rmsprop',
  'adam',
  'nadam',
] as const satisfies readonly OptimizerName[];

/** Settings of a training: the options of the optimizers, the network, the data, the output. */
export interface TrainingOptions extends OptionValues {
  readonly epochs: number;
  readonly batchSize: number;
  /** `dense`: hidden layers alone; `cnn`: two blocks of convolution, normalization and pooling before them. Default dense. */
  readonly model?: 'dense' | 'cnn';
  readonly hidden: readonly number[];
  readonly activation: string;
  readonly dropout?: number;
  readonly l2?: number;
  readonly seed: number;
  readonly threads: number | 'auto';
  readonly simd?: 'strict' | 'relaxed';
  readonly limit?: number;
  readonly data?: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** `--learning-rate`. */
export const flagOf = (name: string): string => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** `learning rate`. */
export const wordsOf = (name: string): string => flagOf(name).slice(2).replaceAll('-', ' ');

/** The command line that gives the same numbers: everything that decides them, whether it is the default or not. */
export function commandLine(
  command: 'train' | 'compare',
  optimizers: readonly string[],
  options: TrainingOptions,
  carry: boolean,
) {
  const flags: [string, OptionValue | undefined][] = [
    [command === 'train' ? '--optimizer' : '--optimizers', optimizers.join(',')],
    ...OPTION_NAMES.map((name): [string, OptionValue | undefined] => [flagOf(name), options[name]]),
    ['--epochs', options.epochs],
    ['--batch-size', options.batchSize],
    ['--model', options.model === 'cnn' ? options.model : undefined],
    ['--hidden', options.hidden.join(',') || 'none'],
    ['--activation', options.activation],
    ['--dropout', options.dropout],
    ['--l2', options.l2],
    ['--seed', options.seed],
    ['--simd', options.simd === 'relaxed' ? options.simd : undefined],
    ['--limit', options.limit],
  ];
  const given = flags
    .filter(([, value]) => value !== undefined && value !== false)
    .map(([flag, value]) => (value === true ? flag : `${flag} ${value}`));
  return ['simdescent', command, ...given, ...(carry ? ['--carry-weights'] : [])].join(' ');
}
