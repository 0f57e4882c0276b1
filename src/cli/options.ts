/** The flags that `train` and `compare` share. */
import { type Command, Option } from 'commander';
import { isNumber, type OptionFacts } from '../optimizers/facts/rule.ts';
import {
  having,
  OPTIMIZER_NAMES,
  OPTION_NAMES,
  OPTIONS,
  type OptionName,
  optionOf,
} from '../optimizers/facts/words.ts';
import { integer, names, number, path, threads, units } from './numbers.ts';
import { flagOf, HIDDEN, MODELS, type ModelKind, SEVEN, TRAINING_IMAGES } from './settings.ts';

const OPTIMIZERS = 'Options of the optimizers:';

/** A flag for an option, whichever optimizers have it. */
function flagFor(name: OptionName): Option {
  const owners = having(name);
  const all = owners.map((owner): OptionFacts => optionOf(owner, name) ?? {});
  const choices = [...new Set(all.flatMap((facts) => ('codes' in facts ? Object.keys(facts.codes) : [])))];
  const flag = name === 'learningRate' ? `--lr, ${flagOf(name)}` : flagOf(name);
  const whose = owners.length === OPTIMIZER_NAMES.length ? '' : ` (${owners.join(', ')})`;
  const named = all.some((facts) => 'names' in facts);
  const takes = choices.length > 0 ? ' <name>' : named ? ' <names>' : all.some(isNumber) ? ' <number>' : '';
  const made = new Option(`${flag}${takes}`, `${OPTIONS[name].says}${whose}`).helpGroup(OPTIMIZERS);
  if (choices.length > 0) return made.choices(choices);
  if (named) return made.argParser(names);
  return takes === '' ? made : made.argParser(number);
}

function adderTo(command: Command) {
  return (flags: string, description: string, parse?: (text: string) => unknown, value?: unknown) => {
    const made = new Option(flags, description);
    if (parse) made.argParser(parse);
    if (value !== undefined) made.default(value, Array.isArray(value) ? value.join(',') : undefined);
    command.addOption(made);
  };
}

/** `--optimizers`. */
export const optimizersOption = (): Option =>
  new Option('--optimizers <names>', "optimizers, separated by commas, or 'all'")
    .argParser(names)
    .default([...SEVEN], SEVEN.join(', '));

/** What `--optimizers` says. */
export const chosenOptimizers = (given: readonly string[]): readonly string[] =>
  given.join() === 'all' ? OPTIMIZER_NAMES : given;

/** Options of `train` and `compare`. Defaults are those of the experiment; options of the optimizers have each optimizer's own. */
export function addTrainingOptions(command: Command, defaultOut: string | undefined): Command {
  const option = adderTo(command);
  addModelOptions(command);
  option('--hidden <units>', "units of the hidden layers, or 'none'", units, [...HIDDEN.dense]);
  command.hook('preAction', (_, action) => {
    if (action.getOptionValueSource('hidden') === 'default')
      action.setOptionValueWithSource('hidden', HIDDEN[action.getOptionValue('model') as ModelKind], 'default');
  });
  option('--threads <n>', "threads to train on, or 'auto'; the weights are the same for any number", threads, 'auto');
  command.addOption(
    new Option('--simd <kind>', 'relaxed: faster, but the last bits depend on the machine')
      .choices(['strict', 'relaxed'])
      .default('strict'),
  );
  const written =
    defaultOut === undefined
      ? 'the report, and a checkpoint after each epoch; refused where another training has left checkpoints'
      : 'the report';
  option('--out <folder>', `where to write ${written}`, path, defaultOut);
  return addCommonOptions(command);
}

/** Options that decide the numbers of a training, hidden layers apart: a sweep has several of them. */
export function addModelOptions(command: Command): Command {
  const option = adderTo(command);
  for (const name of OPTION_NAMES) command.addOption(flagFor(name));
  option('--epochs <n>', 'passes over the training images', integer(1, 1_000_000), 15);
  option('--batch-size <n>', 'images of one step', integer(1, TRAINING_IMAGES), 32);
  command.addOption(
    new Option(
      '--model <kind>',
      'dense: hidden layers alone; cnn: two convolutions before them, with one hidden layer of 128',
    )
      .choices(MODELS)
      .default('dense'),
  );
  option('--activation <name>', 'activation of the hidden layers', undefined, 'relu');
  option('--dropout <rate>', 'share of outputs dropped after each hidden layer', number);
  option('--l2 <strength>', 'L2 penalty on the weights of each layer', number);
  option('--seed <n>', 'decides weights, order and dropout', integer(0), 42);
  option('--limit <n>', 'use only the first n training images', integer(1, TRAINING_IMAGES));
  return command;
}

/** Options of every command that needs the data. */
export function addCommonOptions(command: Command): Command {
  const option = adderTo(command);
  option('--data <folder>', 'folder with the four Fashion-MNIST files (also: SIMDESCENT_DATA)', path);
  option('--json', 'end with one line of JSON on stdout; everything else goes to stderr');
  option('--debug', 'show the stack of an error');
  return command;
}
