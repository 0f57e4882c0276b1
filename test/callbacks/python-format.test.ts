/** Values in the names of checkpoints are written as Python writes them. */
import { expect, test } from 'vitest';
import { type Field, formatted, parseName } from '../../src/callbacks/python-format.ts';
import golden from '../reference/formats.json' with { type: 'json' };

const numberOf = (text: string): number =>
  text === 'nan' ? Number.NaN : /inf/.test(text) ? Number(text.replace('inf', 'Infinity')) : Number(text);

const write = (spec: string, kind: string, text: string): string | null => {
  const name = spec === '' ? '{value}' : `{value:${spec}}`;
  let part: string | Field | undefined;
  try {
    [part] = parseName(name, kind === 'int' ? ['value'] : []);
  } catch (error) {
    expect(error).toBeInstanceOf(RangeError);
    return null;
  }
  return typeof part === 'object' ? formatted(numberOf(text), kind === 'int', part.spec) : null;
};

test.each(golden.cases.filter(({ spec }) => spec !== 'x'))(
  'numbers are written as Python writes them with "$spec", or refused',
  ({ spec, floats, integers }) => {
    for (const [kind, wanted] of [
      ['float', floats],
      ['int', integers],
    ] as const) {
      const got = Object.fromEntries(Object.keys(wanted).map((text) => [text, write(spec, kind, text)]));
      expect(got, kind).toEqual(wanted);
    }
  },
);

test('names fall into texts and fields; doubled braces are braces', () => {
  const parts = parseName('a{{b}}/{epoch:03d}-{top-5:.2f}é{loss}', ['epoch']);
  expect(parts.map((part) => (typeof part === 'string' ? part : [part.key, part.text, part.at]))).toEqual([
    'a',
    '{',
    'b',
    '}',
    '/',
    ['epoch', '{epoch:03d}', 7],
    '-',
    ['top-5', '{top-5:.2f}', 19],
    'é',
    ['loss', '{loss}', 31],
  ]);
});

test.each([
  ['{', "single '{'"],
  ['a}', "single '}'"],
  ['{epoch', "single '{'"],
  ['{}', '{}'],
  ['{0}', '{0}'],
  ['{:.2f}', '{:.2f}'],
  ['{loss!r}', '{loss!r}'],
  ['{loss[0]}', '{loss[0]}'],
  ['{loss.real}', '{loss.real}'],
  ['{loss:,}', '{loss:,}'],
  ['{loss:x}', '{loss:x}'],
  ['{loss:d}', '{loss:d}'],
  ['{loss:.2ff}', '{loss:.2ff}'],
  ['{epoch:.2d}', '{epoch:.2d}'],
  ['{epoch:.2}', '{epoch:.2}'],
  ['{loss:1000.2f}', '{loss:1000.2f}'],
  ['{loss:.500f}', '{loss:.500f}'],
  ['{loss:{width}}', "single '{'"],
])('%s is refused', (name, what) => {
  expect(() => parseName(name, ['epoch'])).toThrow(RangeError);
  expect(() => parseName(name, ['epoch'])).toThrow(what);
});
