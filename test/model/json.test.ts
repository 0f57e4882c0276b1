/** JSON from anybody: what JSON.parse reads, except for keys given twice, `__proto__`, depth, and what would take too much memory. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JsonReader, parseJson } from '../../src/model/json.ts';

const parse = (text: string) => parseJson(text, 'it');

test('whatever JSON.stringify writes comes back', () => {
  const value = fc.jsonValue({ maxDepth: 6 }).filter((value) => !JSON.stringify(value).includes('__proto__'));
  fc.assert(
    fc.property(value, fc.constantFrom(undefined, 1, '\t\r\n'), (value, space) => {
      const text = JSON.stringify(value, null, space);
      expect(parse(text)).toEqual(JSON.parse(text));
    }),
  );
});

test('any text is refused where JSON.parse refuses it, and read the same where it does not', () => {
  const piece = fc.constantFrom(
    ...'[]{}",:\\ -+.019eEtfn\n\t',
    '"a"',
    '"b":',
    'true',
    'null',
    '1.5',
    '\\u0061',
    '\ud800',
    '\u0000',
  );
  const outcome = (read: () => unknown) => {
    try {
      return { value: read() };
    } catch (error) {
      return { error: (error as Error).name };
    }
  };
  const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(text, (text) => {
      const [own, host] = [outcome(() => parse(text)), outcome(() => JSON.parse(text))];
      // the only other thing that these pieces can say is a key given twice
      if (own.error === 'RangeError') expect(host.error).toBeUndefined();
      else expect(own).toEqual(host);
    }),
    { numRuns: 20_000 },
  );
});

describe('refused', () => {
  test.each<[string, string, ErrorConstructor | RangeErrorConstructor]>([
    ...['', '{"a"}', '[1 2]', '[1] 2', '[1,]', '{"a":1,}', '01', '"a\nb"', '"\\x"', '"\\', '"', ']]]', 'undefined'].map(
      (text): [string, string, ErrorConstructor] => [text, 'it is not JSON', SyntaxError],
    ),
    [`${'{"a":'.repeat(257)}0${'}'.repeat(257)}`, 'it is nested more than 256 deep', RangeError],
    ['{"a":'.repeat(1e5), 'it is nested more than 256 deep', RangeError],
    ['{"a":1,"b":2,"a":1}', "it has the key 'a' twice", RangeError],
    ['[{"x":{"a":1,"\\u0061":1}}]', "it has the key 'a' twice", RangeError],
    ['{"__proto__":{"polluted":1}}', "it has the key '__proto__'", RangeError],
    ['{"_\\u005fproto__":1}', "it has the key '__proto__'", RangeError],
    [`[${'{},'.repeat(1000)}1]`, 'it holds more than a text of its length should', RangeError],
    [`[${'[],'.repeat(1000)}1]`, 'it holds more than a text of its length should', RangeError],
  ])('%.60s', (text, message, kind) => {
    expect(() => parse(text)).toThrow(kind);
    expect(() => parse(text)).toThrow(message);
  });
});

test.each<[string, string]>([
  ['numbers of a digit', `[${'1,'.repeat(1e5)}1]`],
  ['lists of a digit', `[${'[0],'.repeat(1e5)}[0]]`],
  ['letters', `[${'"a",'.repeat(1e5)}"a"]`],
  ['layers without options', `[${'{"className":"flatten","config":{}},'.repeat(1e4)}0]`],
  ['depth', `${'{"a":'.repeat(256)}0${'}'.repeat(256)}`],
  ['keys of their own', `{${Array.from({ length: 1e5 }, (_, i) => `"${i}":0`).join(',')}}`],
])('what a description may be full of is read, whatever its length: %s', (_title, text) => {
  expect(parse(text)).toEqual(JSON.parse(text));
});

test('a reader reads what its caller asks for, and nothing behind an object that is not one', () => {
  const reader = new JsonReader(' { "a" : [1, 2], "b" : "x\\ny" } ', 'it');
  const seen = new Map<string, unknown>();
  expect(reader.next).toBe('{');
  reader.object(seen, (key) => seen.set(key, key === 'b' ? reader.string() : reader.value()));
  reader.end();
  expect(seen).toEqual(new Map<string, unknown>(Object.entries({ a: [1, 2], b: 'x\ny' })));
  expect(() => new JsonReader('[1]', 'it').object(new Set(), () => undefined)).toThrow(TypeError);
});
