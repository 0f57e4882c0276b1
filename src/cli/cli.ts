#!/usr/bin/env node
/** `simdescent` on the command line: reads the flags, runs a command, exits with a code of src/cli/errors.ts. */
import { Command, CommanderError } from 'commander';
import { printable } from '../validate.ts';
import { VERSION } from '../version.ts';
import { benchCommand } from './bench.ts';
import { compareCommand } from './compare.ts';
import { convertCommand } from './convert.ts';
import { dataCommand } from './data.ts';
import { EXIT, oneLine, UsageError } from './errors.ts';
import { watchStreams } from './streams.ts';
import { sweepCommand } from './sweep.ts';
import { trainCommand } from './train.ts';
import { verifyCommand } from './verify.ts';
import { workerCommand } from './worker.ts';

const debug = process.argv.includes('--debug');
const complain = (text: string) => process.stderr.write(`simdescent: ${printable(text)}\n`);

watchStreams(complain);
process.on('uncaughtException', (error) => process.exit(fail(error)));

function fail(error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return EXIT.done; // --help, --version
    const about = /^simdescent(.*)$/s.exec(oneLine(error))?.[1] ?? oneLine(error);
    if (error.code !== 'commander.help') complain(about.replace(/^error: /, ''));
    return EXIT.usage;
  }
  complain(oneLine(error));
  if (debug && error instanceof Error) process.stderr.write(`${error.stack?.split('\n').map(printable).join('\n')}\n`);
  return error instanceof UsageError ? EXIT.usage : EXIT.failed;
}

const done = (code: number) => {
  process.exitCode = code;
};
const program = new Command('simdescent')
  .description('Trains neural networks on Fashion-MNIST in WebAssembly SIMD and compares optimizers.')
  .version(VERSION, '-V, --version', 'show the version')
  // the longest flag leaves less than commander likes to wrap
  .configureHelp({ minWidthToWrap: 24 })
  .helpOption('-h, --help', 'show help')
  .helpCommand('help [command]', 'show help for a command')
  .addHelpText(
    'after',
    `
Examples:
  $ simdescent compare
  $ simdescent train --optimizer nadam --epochs 5
  $ simdescent sweep --learning-rates 1e-4..1e-1:log:4
  $ simdescent data
  $ simdescent bench
  $ simdescent convert model.json model.safetensors

Exit codes: 0 done, 1 failed, 2 wrong usage, 130 stopped by Ctrl-C, 141 closed pipe.`,
  );
for (const command of [
  trainCommand(done),
  compareCommand(done),
  sweepCommand(done),
  workerCommand(done),
  verifyCommand(done),
  dataCommand(done),
  benchCommand(done),
  convertCommand(done),
]) {
  command.helpOption('-h, --help', 'show help').copyInheritedSettings(program);
  program.addCommand(command);
}
for (const command of [program, ...program.commands]) {
  // Its messages take two lines; ours take one.
  command.exitOverride().configureOutput({ outputError: () => undefined });
}

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = fail(error);
}
