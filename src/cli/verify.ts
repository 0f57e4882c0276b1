import { Command } from 'commander';
import { integer, threads } from './numbers.ts';
import { addCommonOptions } from './options.ts';

interface Options {
  readonly trial?: number;
  readonly threads: number | 'auto';
  readonly data?: string;
  readonly json?: boolean;
}

/** `simdescent verify`: whether a published result is what it says. */
export function verifyCommand(done: (code: number) => void): Command {
  const command = new Command('verify')
    .summary('compute a trial of a published sweep again')
    .description(
      'Computes one trial of a sweep again on this machine and compares it with the published one, epoch by epoch, to the last bit.',
    )
    .argument('<result>', 'sweep.json of a sweep')
    .option('--trial <n>', 'number of the trial; the best one by default', integer(0))
    .option(
      '--threads <n>',
      "threads to train on, or 'auto'; the weights are the same for any number",
      threads,
      'auto',
    );
  addCommonOptions(command).addHelpText(
    'after',
    '\nExamples:\n  $ simdescent verify sweep.json\n  $ simdescent verify sweep.json --trial 7',
  );
  return command.action(async (result: string, { trial, threads, data, json = false }: Options) => {
    const { verifying } = await import('./sweep/verifying.ts');
    done(await verifying({ result, trial, data, threads, json }));
  });
}
