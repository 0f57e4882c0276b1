import { isDeepStrictEqual } from 'node:util';
import { Command, CommanderError } from 'commander';
import { OPTIMIZER_NAMES } from '../optimizers/facts/words.ts';
import { show, spelt } from '../validate.ts';
import type { Checkpoint } from './checkpoint.ts';
import { oneLine, UsageError } from './errors.ts';
import { path } from './numbers.ts';
import { addTrainingOptions } from './options.ts';
import type { TrainingOptions } from './settings.ts';

interface TrainOptions extends TrainingOptions {
  readonly optimizer: string;
  readonly resume?: string;
}

/** Flags that may differ with --resume; the checkpoint decides all others. */
const FREE = ['resume', 'epochs', 'threads', 'data', 'out', 'json', 'debug'];

function addOptions(command: Command): Command {
  return addTrainingOptions(command.option('--optimizer <name>', OPTIMIZER_NAMES.join(', '), 'nadam'), undefined);
}

/** `simdescent train`: one optimizer. */
export function trainCommand(done: (code: number) => void): Command {
  const command = new Command('train')
    .summary('train the network with one optimizer')
    .description(
      'Trains a network on Fashion-MNIST with one optimizer and shows how well it does. ' +
        'With --out it writes a report, and a checkpoint after each epoch, from which --resume continues.',
    );
  addOptions(command)
    .option(
      '--resume <file>',
      'go on from a checkpoint; it decides all but --epochs, --threads, --data and --out',
      path,
    )
    .addHelpText(
      'after',
      `
Examples:
  $ simdescent train
  $ simdescent train --optimizer adam --lr 0.0005 --epochs 5 --out run
  $ simdescent train --resume run/checkpoint-05.safetensors --epochs 9 --out run
  $ simdescent train --hidden 512,256 --activation gelu --dropout 0.2 --l2 1e-5
  $ simdescent train --model cnn --epochs 5 --batch-size 128
  $ simdescent train --limit 6400 --epochs 1 --json | tail -n 1`,
    );
  return command.action(async (given: TrainOptions) => {
    const { train } = await import('./training.ts');
    if (given.resume === undefined) {
      const { optimizer, ...options } = given;
      done(await train({ command: 'train', names: [optimizer], options, carry: false }));
      return;
    }
    const { readCheckpoint } = await import('./checkpoint.ts');
    const checkpoint = await readCheckpoint(given.resume);
    const settings = settingsOf(checkpoint);
    const said = command.options.filter((one) => command.getOptionValueSource(one.attributeName()) === 'cli');
    for (const one of said) {
      const name = one.attributeName() as keyof TrainOptions;
      if (FREE.includes(name) || isSame(given[name], settings[name])) continue;
      const kept = settings[name] === undefined ? 'none was given' : `it is ${show(settings[name])}`;
      throw new UsageError(`${one.long} cannot be changed: --resume uses what the checkpoint says, where ${kept}`);
    }
    const { optimizer, ...stored } = settings;
    const epochs = said.some((one) => one.attributeName() === 'epochs') ? given.epochs : stored.epochs;
    // a file from anybody decides numbers, not where things are written to
    const { threads, data, out, json } = given;
    const options = { ...stored, epochs, threads, data, out, json };
    done(await train({ command: 'train', names: [optimizer], options, carry: false, checkpoint }));
  });
}

/** Whether a flag says what the checkpoint says, names in any spelling. */
const isSame = (given: unknown, stored: unknown): boolean =>
  isDeepStrictEqual(given, stored) || (typeof stored === 'string' && spelt(given, [stored]) === stored);

/** The flags of a checkpoint, read as if they had been typed. */
function settingsOf({ path, args }: Checkpoint): TrainOptions {
  const reader = addOptions(new Command('train'))
    .exitOverride()
    .configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
  try {
    return reader.parse([...args], { from: 'user' }).opts<TrainOptions>();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    throw new Error(`${path}: its flags are wrong (${oneLine(error).replace(/^error: /, '')})`, { cause: error });
  }
}
