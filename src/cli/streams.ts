/**
 * Standard output and standard error when they cannot be written: on a full disk, or when their reader ends, as `head` does. Only the
 * output is lost. A training that writes files continues; without files, a broken pipe ends it.
 */
import { because } from '../files/modules.ts';
import { EXIT, isBrokenPipe } from './errors.ts';

/** 128 + 13: what shells say of a program that SIGPIPE ended. */
const BROKEN_PIPE = 141;

let writesFiles = false;
let lost = false;

/** From now on there are results that do not depend on the output. */
export function goOnWithoutOutput(): void {
  writesFiles = true;
}

/** Watches both streams. If one is lost for another reason than its reader, the process exits with a failure in the end. */
export function watchStreams(complain: (text: string) => void): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error) => {
      if (!isBrokenPipe(error)) {
        if (!lost && stream === process.stdout)
          complain(`standard output cannot be written (${because(error)}); going on without it`);
        lost = true;
      } else if (!writesFiles) process.exit(BROKEN_PIPE);
    });
  }
  process.on('exit', (code) => {
    if (lost && code === EXIT.done) process.exitCode = EXIT.failed;
  });
}
