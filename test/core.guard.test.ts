import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { relaxedCore, strictCore } from '../src/engine/source.ts';
import '../src/relaxed.ts';

const text = (build: string) => readFileSync(new URL(`../build/${build}.wat`, import.meta.url), 'utf8');
const imports = (wat: string) =>
  [...wat.matchAll(/\(import "(\w+)" "(\w+)"/g)].map(([, module, name]) => `${module}.${name}`);

it('the release binary imports nothing but its memory, so that no function of the host touches a weight', () => {
  for (const build of ['core', 'core-relaxed', 'release', 'relaxed'])
    expect(imports(text(build))).toEqual(['env.memory']);
});

it('the debug binary imports its memory and what reports a failed assertion', () => {
  expect(imports(text('debug')).sort()).toEqual(['env.abort', 'env.memory']);
});

it('the strict binary has no relaxed instruction, whose result may differ between processors', () => {
  const wat = text('release');
  expect(wat.includes('f32x4.mul')).toBe(true);
  expect(wat.includes('relaxed')).toBe(false);
  expect(text('relaxed').includes('f32x4.relaxed_madd')).toBe(true);
});

it('nothing is called through a table', () => {
  for (const build of ['release', 'relaxed', 'debug']) expect(text(build).includes('call_indirect')).toBe(false);
});

it('threads wait in a function where nothing else is, because V8 11.3 loses locals across a wait', () => {
  const wat = text('release');
  const functions = wat.split(/\n \(func /).filter((body) => body.includes('memory.atomic.wait32'));
  expect(functions.length).toBe(1);
  expect(functions[0]?.split('\n').length).toBeLessThan(30);
});

it('the memory is shared, so that one binary serves every number of threads', () => {
  expect(/\(import "env" "memory" \(memory \$[\w$]+ \d+ 65536 shared\)\)/.test(text('release'))).toBe(true);
});

it('no instance keeps state of its own outside the memory', () => {
  for (const build of ['core', 'release', 'relaxed']) expect(text(build)).not.toContain('(mut ');
});

it('the binaries that are bundled are those that were built', () => {
  const built = (name: string) => readFileSync(new URL(`../build/${name}.wasm`, import.meta.url));
  expect(Buffer.from(strictCore() as Uint8Array).equals(built('core'))).toBe(true);
  expect(Buffer.from(relaxedCore() as Uint8Array).equals(built('core-relaxed'))).toBe(true);
});
