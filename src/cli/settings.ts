/** The settings that decide the numbers of a run, and the command line that repeats it. The page uses this file too. */
import type { OptimizerName } from '../optimizers/facts/names.ts';
import { OPTION_NAMES, type OptionValue, type OptionValues } from '../optimizers/facts/words.ts';

/** Training images there are. */
export const TRAINING_IMAGES = 60_000;

/** Size of an image, and its classes. */
export const IMAGE = [28, 28] as const;
export const PIXELS = IMAGE[0] * IMAGE[1];
export const CLASSES = 10;

export const MODELS = ['dense', 'cnn'] as const;
export type ModelKind = (typeof MODELS)[number];

/** Filters of the convolutions before the hidden layers, 3x3 each; a pooling behind each halves height and width. */
export const FILTERS: Readonly<Record<ModelKind, readonly number[]>> = { dense: [], cnn: [32, 64] };

/** Units of the hidden layers unless others are asked for: fewer do behind convolutions. */
export const HIDDEN: Readonly<Record<ModelKind, readonly number[]>> = { dense: [300, 100], cnn: [128] };

/** What decides the sizes of a network. */
export interface Network {
  /** `dense`: hidden layers alone; `cnn`: two blocks of convolution, normalization and pooling before them. Default dense. */
  readonly model?: ModelKind;
  readonly hidden: readonly number[];
}

/** `784-300-100-10`, or `784-conv32-conv64-128-10`. */
export const networkName = ({ model = 'dense', hidden }: Network): string =>
  [PIXELS, ...FILTERS[model].map((filters) => `conv${filters}`), ...hidden, CLASSES].join('-');

/** Its weights, moving statistics included. */
export function parametersOf({ model = 'dense', hidden }: Network): number {
  let [side, channels, sum] = [IMAGE[0], 1, 0];
  for (const filters of FILTERS[model]) {
    // the kernel; scale, offset, mean and variance of the normalization
    sum += 9 * channels * filters + 4 * filters;
    channels = filters;
    side /= 2;
  }
  const sizes = [side * side * channels, ...hidden, CLASSES];
  return sizes.slice(1).reduce((all, units, i) => all + ((sizes[i] ?? 0) + 1) * units, sum);
}

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
export interface TrainingOptions extends OptionValues, Network {
  readonly epochs: number;
  readonly batchSize: number;
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
