/** The built package in a folder of its own, beside the packages of a queue, as people install it. */
import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const PEERS = fileURLToPath(new URL('queue', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * @param peers whether BullMQ and its clients are beside it
 * @returns the command line of the package
 */
export function installPackage(folder: string, peers: boolean): string {
  const modules = join(folder, 'node_modules');
  rmSync(modules, { recursive: true, force: true });
  mkdirSync(modules, { recursive: true });
  for (const part of ['dist', 'package.json'])
    cpSync(join(root, part), join(modules, 'simdescent', part), { recursive: true });
  const beside = peers ? ['@bull-board', 'bullmq', 'ioredis', 'pg'] : [];
  for (const one of beside) symlinkSync(join(PEERS, 'node_modules', one), join(modules, one));
  // Deno finds a package by this list alone
  const dependencies = Object.fromEntries(['simdescent', ...beside.slice(1)].map((name) => [name, '*']));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module', dependencies }));
  // programs of the tests, which import what is beside them
  for (const name of readdirSync(PEERS)) if (name.endsWith('.js')) cpSync(join(PEERS, name), join(folder, name));
  return join(modules, 'simdescent/dist/cli.js');
}
