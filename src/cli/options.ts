/** The flags that `train` and `compare` share. */
import { type Command, Option } from 'commander';
import { integer, number, path, threads, units } from './numbers.ts';
import { hasOption, TRAINING_IMAGES } from './settings.ts';

/** Defaults are those of the experiment: the rates are each optimizer's own. */
export function addTrainingOptions(command: Command, defaultOut: string | undefined): Command {
  const option = (flags: string, description: string, parse?: (text: string) => unknown, value?: unknown) => {
    const made = new Option(flags, description);
    if (parse) made.argParser(parse);
    if (value !== undefined) made.default(value, Array.isArray(value) ? value.join(',') : undefined);
    command.addOption(made);
  };
  option('--lr, --learning-rate <rate>', "step size (default: the optimizer's own)", number);
  option('--momentum <rate>', `momentum of ${hasOption.momentum.join(', ')}`, number);
  option('--rho <rate>', `decay of the mean square of ${hasOption.rho.join(', ')}`, number);
  option('--beta1 <rate>', `decay of the mean of ${hasOption.beta1.join(', ')}`, number);
  option('--beta2 <rate>', `decay of the mean square of ${hasOption.beta2.join(', ')}`, number);
  option('--epsilon <value>', `epsilon of ${hasOption.epsilon.join(', ')}`, number);
  option('--weight-decay <rate>', 'decoupled weight decay', number);
  option('--clipnorm <norm>', 'largest norm of the gradient of a layer', number);
  option('--epochs <n>', 'passes over the training images', integer(1, 1_000_000), 15);
  option('--batch-size <n>', 'images of one step', integer(1, TRAINING_IMAGES), 32);
  option('--hidden <units>', "units of the hidden layers, or 'none'", units, [300, 100]);
  option('--activation <name>', 'activation of the hidden layers', undefined, 'relu');
  option('--dropout <rate>', 'share of outputs dropped after each hidden layer', number);
  option('--l2 <strength>', 'L2 penalty on the weights of each layer', number);
  option('--seed <n>', 'decides weights, order and dropout', integer(0), 42);
  option('--threads <n>', "threads to train on, or 'auto'; the weights are the same for any number", threads, 'auto');
  command.addOption(
    new Option('--simd <kind>', 'relaxed: faster, but the last bits depend on the machine')
      .choices(['strict', 'relaxed'])
      .default('strict'),
  );
  option('--limit <n>', 'use only the first n training images', integer(1, TRAINING_IMAGES));
  option('--data <folder>', 'folder with the four Fashion-MNIST files (also: SIMDESCENT_DATA)', path);
  const written =
    defaultOut === undefined
      ? 'the report, and a checkpoint after each epoch; refused where another training has left checkpoints'
      : 'the report';
  option('--out <folder>', `where to write ${written}`, path, defaultOut);
  option('--json', 'end with one line of JSON on stdout; everything else goes to stderr');
  option('--debug', 'show the stack of an error');
  return command;
}
