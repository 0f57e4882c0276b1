import { availableParallelism } from 'node:os';
import { Command, InvalidArgumentError, Option } from 'commander';
import { OPTIMIZER_NAMES, OPTION_NAMES } from '../optimizers/facts/words.ts';
import type { Range, SearchMethod, SearchName, Space } from '../sweep/index.ts';
import { UsageError } from './errors.ts';
import { integer, names, number, path, queueName } from './numbers.ts';
import { addCommonOptions, addModelOptions } from './options.ts';
import { networks, numbers, objective, vary } from './sweep/ranges.ts';
import type { Spec } from './sweep/spec.ts';

const SEARCHES = ['grid', 'random', 'halving', 'hyperband', 'tpe'];
/** Flags that a spec may be given with: they change no number. */
const FREE = [
  'out',
  'resume',
  'workers',
  'queue',
  'queueName',
  'emptyQueue',
  'serve',
  'allowOrigin',
  'data',
  'json',
  'debug',
  'dryRun',
  'verify',
];

interface Options extends Readonly<Record<string, unknown>> {
  readonly optimizers?: readonly string[];
  readonly learningRates?: Range;
  readonly batchSizes?: Range;
  readonly hidden?: readonly (readonly number[])[];
  readonly seeds?: Range;
  readonly vary?: Readonly<Record<string, Range>>;
  readonly objective: string;
  readonly search: SearchName;
  readonly factor?: number;
  readonly minEpochs?: number;
  readonly draws?: 'random' | 'tpe';
  readonly generation?: number;
  readonly trials?: number;
  readonly budget?: number;
  readonly searchSeed?: number;
  readonly epochs: number;
  readonly verify?: number;
  readonly out: string;
  readonly resume?: boolean;
  readonly workers: number;
  readonly queue?: string;
  readonly queueName?: string;
  readonly emptyQueue?: boolean;
  readonly serve?: string;
  readonly allowOrigin?: readonly string[];
  readonly data?: string;
  readonly json?: boolean;
  readonly dryRun?: boolean;
}

const share = (text: string): number => {
  const value = number(text);
  if (value < 0 || value > 1) throw new InvalidArgumentError('Expected a number from 0 to 1.');
  return value;
};

/** `simdescent sweep`: many trainings, on all processors. */
export function sweepCommand(done: (code: number) => void): Command {
  const command = new Command('sweep')
    .summary('train it with many settings, on all processors')
    .description(
      'Trains the network once for each of many settings, in processes of one thread each, and writes sweep.json, sweep.csv and ' +
        'report.html. The result and its digest are the same for any number of workers and after any interruption.',
    )
    .argument('[spec]', 'a JSON file with space, objective, search; sweep.json of another sweep is one');
  const option = (group: string, flags: string, says: string, parse?: (text: string, before: never) => unknown) => {
    const made = new Option(flags, says).helpGroup(group);
    return parse ? made.argParser(parse as (text: string) => unknown) : made;
  };
  const [what, how] = ['What varies:', 'How to search:'];
  for (const made of [
    option(what, '--optimizers <names>', "optimizers, separated by commas, or 'all'; nadam if none are given", names),
    option(what, '--learning-rates <range>', 'as in 1e-4..1e-1:log, with :8 for 8 of them, or 0.1,0.01', numbers),
    option(what, '--batch-sizes <range>', 'as in 16,32,64 or 16..256', numbers),
    option(what, '--hidden <units>', "hidden layers of each network, as in '300,100;128'", networks),
    option(what, '--seeds <range>', 'as in 1..3', numbers),
    option(
      what,
      '--vary <name=range>',
      'any other setting: --vary momentum=0.8..0.99 --vary activation=relu,gelu',
      vary,
    ),
    option(how, '--search <name>', 'grid: all; random; halving and hyperband: the best of many go on; tpe: learns')
      .choices(SEARCHES)
      .default('grid'),
    option(
      how,
      '--objective <key>',
      'a key of the history; :min or :max behind it where that is not clear',
      objective,
    ).default('val_accuracy'),
    option(how, '--trials <n>', 'trials in all', integer(1, 1_000_000)),
    option(how, '--budget <n>', 'epochs of all trials together, instead of --trials', integer(1)),
    option(how, '--factor <n>', 'halving, hyperband: one of n trials goes on, with n times the epochs', integer(2)),
    option(how, '--min-epochs <n>', 'halving, hyperband: epochs that every trial gets', integer(1)),
    option(how, '--draws <name>', 'halving, hyperband: random, or tpe, which learns from the trials before').choices([
      'random',
      'tpe',
    ]),
    option(how, '--generation <n>', 'tpe: trials drawn at once; a multiple of the workers keeps them busy', integer(1)),
    option(how, '--search-seed <n>', 'decides what random searches draw', integer(0)),
    option(how, '--verify <share>', 'share of the trials that another worker computes again', share),
    option(how, '--dry-run', 'list the trials, and compute none'),
  ])
    command.addOption(made);
  addModelOptions(command);
  command
    .option('--workers <n>', 'processes at a time', integer(1, 1024), availableParallelism())
    .addOption(
      new Option(
        '--queue <address>',
        'redis://host:port or postgres://host/database of a queue, whose trials `simdescent worker` computes on any machines',
      ).conflicts('workers'),
    )
    .option('--queue-name <name>', 'which of the queues of that server, if it has several', queueName)
    .option(
      '--empty-queue',
      'first remove the trials that wait in the queue, which a sweep that was killed leaves there',
    )
    .addOption(
      new Option(
        '--serve <port>',
        'let others compute trials, too: tabs of browsers that open the link, and `simdescent worker --queue LINK`. ' +
          '0.0.0.0:8080 for other machines; 8080 is for this one',
      ).conflicts('queue'),
    )
    .option('--allow-origin <origins>', 'with --serve: other origins whose pages may compute trials', names)
    .option('--out <folder>', 'where to write the journal, the results and the report', path, 'simdescent-sweep')
    .option('--resume', 'go on from the journal in --out');
  addCommonOptions(command).addHelpText(
    'after',
    `
Examples:
  $ simdescent sweep --learning-rates 1e-4..1e-1:log:4 --optimizers sgd,nadam
  $ simdescent sweep --learning-rates 1e-4..1e-1:log --hidden '300,100;128' \\
      --search hyperband --epochs 9
  $ simdescent sweep spec.json --out tuned --workers 8
  $ simdescent sweep spec.json --out tuned --resume
  $ simdescent sweep spec.json --queue redis://queue.example:6379
  $ simdescent sweep spec.json --serve 0.0.0.0:8080 --verify 0.1`,
  );
  return command.action(async (file: string | undefined, options: Options) => {
    const said = command.options.filter((one) => command.getOptionValueSource(one.attributeName()) === 'cli');
    const { specFrom } = await import('./sweep/spec.ts');
    const { servingFrom } = await import('./sweep/lending.ts');
    const { sweeping } = await import('./sweep/sweeping.ts');
    let given: unknown;
    if (file !== undefined) {
      const fixed = said.find((one) => !FREE.includes(one.attributeName()));
      if (fixed) throw new UsageError(`${fixed.long} cannot be given with a file, which says what the sweep is`);
      const { readJsonFile } = await import('./sweep/json-file.ts');
      given = await readJsonFile(file);
    } else given = specOf(options, new Set(said.map((one) => one.attributeName())));
    const read = specFrom(given);
    const spec: Spec = { ...read, ...(options.verify !== undefined && { verify: options.verify }) };
    const { out, resume = false, workers, queue: url, queueName: name, emptyQueue: empty = false } = options;
    const { serve, allowOrigin: origins = [], data } = options;
    const { json = false, dryRun = false } = options;
    const lone =
      url === undefined ? said.find((one) => ['queueName', 'emptyQueue'].includes(one.attributeName())) : undefined;
    if (lone) throw new UsageError(`${lone.long} needs --queue`);
    const queue = url === undefined ? undefined : { url, name, empty };
    const serving = serve === undefined ? undefined : servingFrom(serve);
    const typed = repeating(process.argv.slice(2));
    done(await sweeping({ spec, command: typed, out, resume, workers, queue, serving, origins, data, json, dryRun }));
  });
}

/** The spec that flags make. `said` are those that were given. */
function specOf(options: Options, said: ReadonlySet<string>): unknown {
  const {
    optimizers,
    learningRates,
    batchSizes,
    hidden,
    seeds,
    search,
    factor,
    minEpochs,
    draws,
    generation,
    searchSeed,
  } = options;
  const { objective: key, trials, budget, epochs, verify } = options;
  const single = ['model', 'activation', 'batchSize', 'dropout', 'l2', 'seed', 'limit', ...OPTION_NAMES];
  const fixed = Object.fromEntries(
    single.filter((name) => said.has(name)).map((name) => [name, asChoice(options[name])]),
  );
  const varied = {
    ...(optimizers && { optimizer: optimizers.join() === 'all' ? OPTIMIZER_NAMES : optimizers }),
    ...(learningRates !== undefined && { learningRate: learningRates }),
    ...(batchSizes !== undefined && { batchSize: batchSizes }),
    ...(hidden && { hidden }),
    ...(seeds !== undefined && { seed: seeds }),
    ...options.vary,
  };
  const twice = Object.keys(varied).find((name) => name in fixed);
  if (twice !== undefined) throw new UsageError(`${twice} has one value and several: give only one of the flags`);
  const own = {
    ...(factor !== undefined && { factor }),
    ...(minEpochs !== undefined && { minEpochs }),
    ...(draws !== undefined && { draws }),
    ...(generation !== undefined && { generation }),
  };
  const method: SearchMethod = Object.keys(own).length > 0 ? ({ method: search, ...own } as SearchMethod) : search;
  const space: Space = { ...fixed, ...varied };
  return {
    ...{ space, objective: key, search: method, epochs },
    ...(trials !== undefined && { trials }),
    ...(budget !== undefined && { budget }),
    ...(searchSeed !== undefined && { seed: searchSeed }),
    ...(verify !== undefined && { verify }),
  };
}

/** Names of weights are a list: one value, not several. */
const asChoice = (value: unknown): unknown => (Array.isArray(value) ? [value] : value);

/** The command line as it was typed, without what changes no number. */
function repeating(typed: readonly string[]): string {
  const kept: string[] = [];
  for (let i = 0; i < typed.length; i++) {
    const word = typed[i] ?? '';
    const [flag] = word.split('=');
    if (['--resume', '--json', '--debug', '--dry-run', '--empty-queue'].includes(word)) continue;
    if (!['--out', '--workers', '--queue', '--queue-name', '--serve', '--allow-origin', '--data'].includes(flag ?? ''))
      kept.push(quoted(word));
    else if (flag === word) i++;
  }
  return ['simdescent', ...kept].join(' ');
}

const quoted = (text: string): string => (/^[\w./:=,+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
