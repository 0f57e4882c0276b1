/** `simdescent verify`: one trial of a published result, computed again on this machine. */
import { type Verification, verify } from '../../sweep/index.ts';
import { isObject, show } from '../../validate.ts';
import { VERSION } from '../../version.ts';
import { EXIT, UsageError } from '../errors.ts';
import { listen } from '../interrupt.ts';
import { display } from '../progress.ts';
import { checkJob } from './about.ts';
import { readJsonFile } from './json-file.ts';
import { shownValue } from './text.ts';
import { run } from './trial.ts';

export interface VerifyRequest {
  readonly result: string;
  readonly trial: number | undefined;
  readonly data: string | undefined;
  readonly threads: number | 'auto';
  readonly json: boolean;
}

export async function verifying({ result, trial, data, threads, json }: VerifyRequest): Promise<number> {
  const shown = display(json ? process.stderr : process.stdout);
  const published = await readResult(result);
  const interrupt = listen(shown.note);
  try {
    const found = await verify(published, {
      ...(trial !== undefined && { trial }),
      signal: interrupt.signal,
      async run(task) {
        checkJob(task);
        return run(task, { data, threads });
      },
      onEpoch: (epoch) => shown.bar(epoch + 1, epoch + 1, [`epoch ${epoch + 1}`]),
    });
    shown.stop();
    for (const line of linesOf(found)) shown.line(line);
    if (json) process.stdout.write(`${JSON.stringify({ command: 'verify', ...found })}\n`);
    return found.same && found.whole ? EXIT.done : EXIT.failed;
  } catch (error) {
    if (interrupt.exitCode !== undefined) return interrupt.exitCode;
    throw error instanceof TypeError || error instanceof RangeError
      ? new UsageError(`${result}: ${error.message}`, { cause: error })
      : error;
  } finally {
    shown.stop();
    interrupt.dispose();
  }
}

function linesOf({ trial, settings, epochs, same, firstDifference = 0, digests, whole }: Verification): string[] {
  const words = Object.entries(settings).map(([name, value]) => `${name} ${shownValue(value)}`);
  const [published, computed] = digests;
  return [
    `trial ${trial}: ${words.join(', ')}`,
    same
      ? published === ''
        ? 'fails here too'
        : `the same in all ${epochs} epochs, to the last bit: ${computed}`
      : `differs from epoch ${firstDifference + 1} on: ${published || 'a failure'} was published, ${computed} is what it gives here`,
    ...(whole ? [] : ['the digest of the result is not that of its trials']),
  ];
}

async function readResult(path: string): Promise<unknown> {
  const value = await readJsonFile(path);
  const version: unknown = isObject(value) ? Reflect.get(value, 'simdescent') : undefined;
  if (version !== VERSION)
    throw new UsageError(
      `${path}: expected a result of simdescent ${VERSION}, got one of ${show(version)}, which may give other bits: verify it with that version`,
    );
  return value;
}
