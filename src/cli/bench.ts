import { Command } from 'commander';
import { EXIT } from './errors.ts';
import { chosenOptimizers, optimizersOption } from './options.ts';

interface Options {
  readonly optimizers: readonly string[];
  readonly quick?: boolean;
  readonly json?: boolean;
}

/** `simdescent bench`: what this machine does. */
export function benchCommand(done: (code: number) => void): Command {
  return new Command('bench')
    .summary('measure how fast this machine trains')
    .description(
      'Measures matrix products and training steps on this machine, in under a minute, on data made for it: nothing is ' +
        'downloaded. The digest at the end is the same on every machine.',
    )
    .addOption(optimizersOption())
    .option('--quick', 'shorter samples: ten seconds, for a look')
    .option('--json', 'end with one line of JSON on stdout; everything else goes to stderr')
    .option('--debug', 'show the stack of an error')
    .addHelpText(
      'after',
      '\nExamples:\n  $ simdescent bench\n  $ simdescent bench --quick --json | tail -n 1\n  $ simdescent bench --optimizers all',
    )
    .action(async ({ optimizers, quick = false, json = false }: Options) => {
      const { measureAll } = await import('./measure.ts');
      const stream = json ? process.stderr : process.stdout;
      const report = await measureAll(chosenOptimizers(optimizers), quick, (text) => stream.write(`${text}\n`));
      if (json) process.stdout.write(`${JSON.stringify({ command: 'bench', ...report })}\n`);
      done(EXIT.done);
    });
}
