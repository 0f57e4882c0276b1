import { Command } from 'commander';
import { printable } from '../validate.ts';
import { listen } from './interrupt.ts';
import { path } from './numbers.ts';
import { display } from './progress.ts';

interface DataOptions {
  readonly data?: string;
  readonly json?: boolean;
}

/** `simdescent data`: where the data set is, and gets it. */
export function dataCommand(done: (code: number) => void): Command {
  return new Command('data')
    .summary('show where Fashion-MNIST is, and get it if it is nowhere')
    .description(
      'Finds Fashion-MNIST, downloading it if need be, verifies it, and says where it is. Looked for in order: ' +
        "--data or SIMDESCENT_DATA, the user's cache folder, the folder of Debian's dataset-fashion-mnist, " +
        "the data set's published mirrors, and by apt-get download the Debian package.",
    )
    .option('--data <folder>', 'folder with the four Fashion-MNIST files (also: SIMDESCENT_DATA)', path)
    .option('--json', 'end with one line of JSON on stdout; everything else goes to stderr')
    .option('--debug', 'show the stack of an error')
    .addHelpText('after', '\nExamples:\n  $ simdescent data\n  $ simdescent data --data ~/fashion-mnist')
    .action(async ({ data, json }: DataOptions) => done(await showData({ data, json })));
}

async function showData({ data, json }: { data: string | undefined; json: boolean | undefined }): Promise<number> {
  const { loadFashionMnist } = await import('../datasets/index.ts');
  const shown = display(json ? process.stderr : process.stdout);
  const interrupt = listen(shown.note);
  try {
    const set = await loadFashionMnist({ data, apt: true, signal: interrupt.signal, onProgress: shown.data });
    const [train, test] = [set.train.images.shape[0], set.test.images.shape[0]];
    const counts = `${train.toLocaleString('en')} + ${test.toLocaleString('en')} images, SHA-256 verified`;
    shown.line(`Fashion-MNIST: ${counts}\n${printable(set.source)}`);
    if (json) process.stdout.write(`${JSON.stringify({ command: 'data', source: set.source, train, test })}\n`);
    return 0;
  } catch (error) {
    if (interrupt.exitCode === undefined) throw error;
    if (json) process.stdout.write(`${JSON.stringify({ command: 'data', stopped: true })}\n`);
    return interrupt.exitCode;
  } finally {
    shown.stop();
    interrupt.dispose();
  }
}
