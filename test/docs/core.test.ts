/** docs/core.md says what the core says: offsets of the header, sizes, exports, and every operation with its words. `--update` writes those. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as opcodes from '../../assembly/opcodes.ts';

const { HEADER_BYTES, OPERATION_BYTES, SHARED } = opcodes;

const file = new URL('../../docs/core.md', import.meta.url);
const text = readFileSync(file, 'utf8');
const folder = new URL('../../assembly/words/', import.meta.url);
const [BEGIN, END] = ['<!-- operations: made by the test of this page -->', '<!-- /operations -->'];

test('the header of a program is drawn where it is', () => {
  const rows = [...text.matchAll(/^\| (\d+) \| (?:i32|u32|f64) \| (\w+) \|/gm)].map(([, at, name = '']) => [
    name,
    Number(at),
  ]);
  const constants = Object.entries(opcodes).filter(([name]) => name.startsWith('AT_'));
  const camel = (name: string) => name.toLowerCase().replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  expect(rows).toEqual(constants.map(([name, at]) => [camel(name.slice(3)), at]));
  for (const [name, value] of Object.entries({ HEADER_BYTES, OPERATION_BYTES, SHARED }))
    expect(new RegExp(`<!-- ${name} -->(\\d+)`).exec(text)?.[1]).toBe(String(value));
});

test('the exports that it names are those of every published core', () => {
  const named = [...text.matchAll(/^\| `(\w+)\(/gm)].map(([, name]) => name);
  expect(named.length).toBe(5);
  for (const core of ['core', 'full']) {
    const module = new WebAssembly.Module(readFileSync(new URL(`../../build/${core}.wasm`, import.meta.url)));
    expect(WebAssembly.Module.exports(module).map(({ name }) => name)).toEqual(expect.arrayContaining(named));
    expect(WebAssembly.Module.imports(module)).toEqual([{ module: 'env', name: 'memory', kind: 'memory' }]);
  }
});

test('every operation is listed with its code and its words', async () => {
  const operations = await Promise.all(
    readdirSync(folder).map(async (name) => {
      const { code, ...words } = (await import(new URL(name, folder).href)) as Record<string, number>;
      return {
        name: name.replace('.ts', ''),
        code: code ?? 0,
        words: Object.entries(words).sort(([, a], [, b]) => a - b),
      };
    }),
  );
  const lines = operations
    .sort((a, b) => a.code - b.code)
    .map(
      ({ name, code, words }) => `| ${code} | \`${name}\` | ${words.map(([word, at]) => `${at} ${word}`).join(', ')} |`,
    );
  const table = ['', '| code | operation | words |', '|---|---|---|', ...lines, ''].join('\n');
  const [begin, end] = [text.indexOf(BEGIN) + BEGIN.length, text.indexOf(END)];
  if (expect.getState().snapshotState.snapshotUpdateState === 'all')
    writeFileSync(file, `${text.slice(0, begin)}\n${table.trim()}\n${text.slice(end)}`);
  else expect(text.slice(begin, end).trim()).toBe(table.trim());
});
