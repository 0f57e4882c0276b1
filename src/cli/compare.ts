import { Command } from 'commander';
import { addTrainingOptions, chosenOptimizers, optimizersOption } from './options.ts';
import type { TrainingOptions } from './settings.ts';

/** `simdescent compare`: the experiment, one optimizer after another, and the report. */
export function compareCommand(done: (code: number) => void): Command {
  const command = new Command('compare')
    .summary('train it with several optimizers and write a report')
    .description(
      'Trains the same network with one optimizer after another, each from the same weights and in the same order, ' +
        'and writes history.json, history.csv, loss.svg, val_loss.svg and report.html.',
    )
    .addOption(optimizersOption())
    .option('--carry-weights', 'let each optimizer continue from the weights that the one before left');
  addTrainingOptions(command, 'simdescent-report').addHelpText(
    'after',
    `
Examples:
  $ simdescent compare
  $ simdescent compare --optimizers sgd,nadam,rmsprop --epochs 5 --out three
  $ simdescent compare --optimizers adam,nadam --lr 0.0005 --limit 6400 --json`,
  );
  type Options = TrainingOptions & { optimizers: string[]; carryWeights?: boolean };
  return command.action(async ({ optimizers, carryWeights = false, ...options }: Options) => {
    const { train } = await import('./training.ts');
    done(await train({ command: 'compare', names: chosenOptimizers(optimizers), options, carry: carryWeights }));
  });
}
