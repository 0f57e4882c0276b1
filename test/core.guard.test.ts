import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { fullCore, fullRelaxedCore } from '../src/engine/full-source.ts';
import { relaxedCore, strictCore } from '../src/engine/source.ts';
import '../src/relaxed.ts';

const published = ['core', 'core-relaxed', 'full', 'full-relaxed'];
const text = (build: string) => readFileSync(new URL(`../build/${build}.wat`, import.meta.url), 'utf8');
const imports = (wat: string) =>
  [...wat.matchAll(/\(import "(\w+)" "(\w+)"/g)].map(([, module, name]) => `${module}.${name}`);

it('the release binary imports nothing but its memory, so that no function of the host touches a weight', () => {
  for (const build of [...published, 'release', 'relaxed']) expect(imports(text(build))).toEqual(['env.memory']);
});

it('the debug binary imports its memory and what reports a failed assertion', () => {
  expect(imports(text('debug')).sort()).toEqual(['env.abort', 'env.memory']);
});

it('the strict binary has no relaxed instruction, whose result may differ between processors', () => {
  for (const build of ['core', 'full', 'release']) {
    const wat = text(build);
    expect(wat.includes('f32x4.mul')).toBe(true);
    expect(wat.includes('relaxed')).toBe(false);
  }
  for (const build of ['core-relaxed', 'full-relaxed', 'relaxed'])
    expect(text(build).includes('f32x4.relaxed_madd')).toBe(true);
});

it('nothing is called through a table', () => {
  for (const build of [...published, 'release', 'relaxed', 'debug'])
    expect(text(build).includes('call_indirect')).toBe(false);
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

it('no instance keeps state of its own outside the memory, but for the sizes of the convolution that runs', () => {
  for (const build of [...published, 'release', 'relaxed']) {
    const changed = [...text(build).matchAll(/\(global \$(\S+) \(mut /g)].map(([, name = '']) => name);
    // these are set at the beginning of each operation: another instance may take over between two
    expect(changed.filter((name) => !name.startsWith('assembly/conv/'))).toEqual([]);
    if (build.startsWith('core')) expect(changed).toEqual([]);
  }
});

it('all binaries have the same static data in the same place, so that a runtime may change from one to another', () => {
  const [core, ...others] = published.map((build) => ({
    data: [...text(build).matchAll(/\(data .*/g)].map(([line]) => line),
    heapBase: /\(func \$assembly\/program\/heapBase \(result i32\)\s+\(i32\.const (\d+)/.exec(text(build))?.[1],
  }));
  expect(core?.data).not.toEqual([]);
  expect(Number(core?.heapBase)).toBeGreaterThan(1024);
  for (const other of others) expect(other).toEqual(core);
});

it('the smaller core knows nothing of operations on arrays', () => {
  for (const build of published) expect(text(build).includes('assembly/arrays/')).toBe(build.startsWith('full'));
});

it('the binaries that are bundled are those that were built', () => {
  const built = (name: string) => readFileSync(new URL(`../build/${name}.wasm`, import.meta.url));
  expect(Buffer.from(strictCore() as Uint8Array).equals(built('core'))).toBe(true);
  expect(Buffer.from(relaxedCore() as Uint8Array).equals(built('core-relaxed'))).toBe(true);
  expect(Buffer.from(fullCore() as Uint8Array).equals(built('full'))).toBe(true);
  expect(Buffer.from(fullRelaxedCore() as Uint8Array).equals(built('full-relaxed'))).toBe(true);
});
