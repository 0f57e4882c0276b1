import { Command } from 'commander';
import { addTrainingOptions } from './options.ts';
import type { TrainingOptions } from './settings.ts';

/** `simdescent train`: one optimizer. */
export function trainCommand(done: (code: number) => void): Command {
  const command = new Command('train')
    .summary('train the network with one optimizer')
    .description('Trains a dense network on Fashion-MNIST with one optimizer and shows how well it does.')
    .option('--optimizer <name>', 'sgd, momentum, nesterov, adagrad, rmsprop, adam, adamw or nadam', 'nadam');
  addTrainingOptions(command, undefined).addHelpText(
    'after',
    `
Examples:
  $ simdescent train
  $ simdescent train --optimizer adam --learning-rate 0.0005 --epochs 5 --out adam-report
  $ simdescent train --hidden 512,256 --activation gelu --dropout 0.2 --l2 1e-5
  $ simdescent train --limit 6400 --epochs 1 --json | tail -n 1`,
  );
  return command.action(async ({ optimizer, ...options }: TrainingOptions & { optimizer: string }) => {
    const { train } = await import('./training.ts');
    done(await train({ command: 'train', names: [optimizer], options, carry: false }));
  });
}
