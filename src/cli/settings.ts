/** What decides the numbers of a run, and the command line that gives them again. Nothing else: the page uses it too. */

/** Training images there are. */
export const TRAINING_IMAGES = 60_000;

export interface TrainingOptions {
  readonly learningRate?: number;
  readonly momentum?: number;
  readonly rho?: number;
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
  readonly weightDecay?: number;
  readonly clipnorm?: number;
  readonly epochs: number;
  readonly batchSize: number;
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

const adaptive = ['adam', 'adamw', 'nadam'];

/** The optimizers that have an option; those that are not named here, all have. */
export const hasOption = {
  momentum: ['momentum', 'nesterov', 'rmsprop'],
  rho: ['rmsprop'],
  beta1: adaptive,
  beta2: adaptive,
  epsilon: ['adagrad', 'rmsprop', ...adaptive],
} as const satisfies Readonly<Record<string, readonly string[]>>;

const names = ['learningRate', 'momentum', 'rho', 'beta1', 'beta2', 'epsilon', 'weightDecay', 'clipnorm'] as const;

/** An option of an optimizer. */
export type OptimizerOption = (typeof names)[number];

const OWN: Readonly<Record<string, readonly string[]>> = hasOption;

/** The options that mean something to an optimizer. */
export const optionsOf = (optimizer: string): readonly OptimizerOption[] =>
  names.filter((name) => OWN[name]?.includes(optimizer) ?? true);

/** Of what was given, the options that mean something to an optimizer, in the order in which they are shown. */
export function optimizerOptions(optimizer: string, given: Partial<Record<OptimizerOption, number | undefined>>) {
  const picked: Partial<Record<OptimizerOption, number>> = {};
  for (const name of optionsOf(optimizer)) {
    const value = given[name];
    if (value !== undefined) picked[name] = value;
  }
  return picked;
}

/** `--learning-rate`. */
export const flagOf = (name: string): string => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** The command line that gives the same numbers: everything that decides them, whether it is the default or not. */
export function commandLine(
  command: 'train' | 'compare',
  optimizers: readonly string[],
  options: TrainingOptions,
  carry: boolean,
) {
  const flags: [string, string | number | undefined][] = [
    [command === 'train' ? '--optimizer' : '--optimizers', optimizers.join(',')],
    ...names.map((name): [string, number | undefined] => [flagOf(name), options[name]]),
    ['--epochs', options.epochs],
    ['--batch-size', options.batchSize],
    ['--hidden', options.hidden.join(',') || 'none'],
    ['--activation', options.activation],
    ['--dropout', options.dropout],
    ['--l2', options.l2],
    ['--seed', options.seed],
    ['--simd', options.simd === 'relaxed' ? options.simd : undefined],
    ['--limit', options.limit],
  ];
  const given = flags.filter(([, value]) => value !== undefined).map(([flag, value]) => `${flag} ${value}`);
  return ['simdescent', command, ...given, ...(carry ? ['--carry-weights'] : [])].join(' ');
}
