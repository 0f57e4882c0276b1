/** A process of a pool: computes one job after another with the `run` of a module, and ends with the program that started it. */
import type { FromProcess, Setup, ToProcess } from './messages.ts';
import { perform, type Run } from './perform.ts';
import { inFolder } from './stores.ts';

const send = (message: FromProcess): void => void process.send?.(message);

// Ctrl-C reaches all processes of a terminal; the program that started this one decides
process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit());

let setup: Setup | undefined;
let loading: Promise<Run> | undefined;

async function load({ module, context }: Setup): Promise<Run> {
  const { run, setup } = (await import(module)) as { run?: unknown; setup?: unknown };
  if (typeof run !== 'function') throw new TypeError(`${module} must export a function run`);
  if (typeof setup === 'function') await setup(context);
  return (task) => run(task, context);
}

process.on('message', async (message: ToProcess) => {
  try {
    if ('setup' in message) {
      setup = message.setup;
      loading = load(setup);
      // whoever waits for it gets its error
      loading.catch(() => undefined);
      return;
    }
    if (setup === undefined || loading === undefined) throw new Error('a job came before the setup');
    const { key, worker, checkpoints } = setup;
    const store = checkpoints === undefined ? undefined : inFolder(checkpoints);
    // a job that is no longer wanted ends with its process
    const { signal } = new AbortController();
    const onEpoch = (epoch: number, logs: Readonly<Record<string, number>>) => send({ epoch, logs });
    send({ outcome: await perform(await loading, message.job, { key, worker, signal, store, onEpoch }) });
  } catch (error) {
    send({ error: error instanceof Error ? error.message || error.name : String(error) });
  }
});
