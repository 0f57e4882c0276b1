import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import { integer, queueName } from './numbers.ts';
import { addCommonOptions } from './options.ts';

interface Options {
  readonly queue: string;
  readonly queueName?: string;
  readonly workers: number;
  readonly lease: number;
  readonly data?: string;
}

/** `simdescent worker`: computes the trials of sweeps on a queue. */
export function workerCommand(done: (code: number) => void): Command {
  const command = new Command('worker')
    .summary('compute trials of sweeps on other machines')
    .description(
      'Computes trials of `simdescent sweep --queue` until it is stopped, or of `simdescent sweep --serve` until that ends. Ctrl-C or SIGTERM: ' +
        'it finishes the trials under way and takes no more; a second one leaves at once, and others compute them. Queues need bullmq and ioredis or ' +
        'pg beside this package.',
    )
    .requiredOption(
      '--queue <address>',
      'redis://host:port (rediss:// for TLS), postgres://host/database, or the link of a served sweep',
    )
    .option('--queue-name <name>', 'which of the queues of that server; as of the sweep', queueName)
    .option(
      '--workers <n>',
      'trials at a time, each in a process of one thread',
      integer(1, 1024),
      availableParallelism(),
    )
    .option(
      '--lease <seconds>',
      'without a sign of life for so long, others compute its trials',
      integer(1, 86_400),
      30,
    );
  addCommonOptions(command).addHelpText(
    'after',
    '\nExamples:\n  $ simdescent worker --queue redis://queue.example:6379\n  $ simdescent worker --queue redis://127.0.0.1:6379 --workers 2',
  );
  return command.action(async ({ queue, queueName: name, workers, lease, data }: Options) => {
    const { working } = await import('./sweep/working.ts');
    done(await working({ queue, name, workers, lease, data }));
  });
}
