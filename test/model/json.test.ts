/** JSON from anybody: what JSON.parse reads, unless it would take too much memory. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseJson } from '../../src/model/json.ts';

const parse = (text: string, left = 1e9) => parseJson(text, 'it', { left });

test('whatever JSON.stringify writes comes back', () => {
  const value = fc.jsonValue({ maxDepth: 6 });
  fc.assert(
    fc.property(value, fc.constantFrom(undefined, 1, '\t\r\n'), (value, space) => {
      const text = JSON.stringify(value, null, space);
      expect(parse(text)).toEqual(JSON.parse(text));
    }),
  );
});

describe('refused', () => {
  test.each([
    ['', 'it is not JSON'],
    ['{"a"}', 'it is not JSON'],
    ['[1 2]', 'it is not JSON'],
    ['[1] 2', 'it is not JSON'],
    ['01', 'it is not JSON'],
    ['"a\nb"', 'it is not JSON'],
    ['"\\x"', 'it is not JSON'],
    ['"\\', 'it is not JSON'],
    ['"', 'it is not JSON'],
    [']]]', 'it is not JSON'],
    [`${'['.repeat(33)}${']'.repeat(33)}`, 'it is nested more than 32 deep'],
    ['['.repeat(1e6), 'it is nested more than 32 deep'],
  ])('%s', (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });

  test('what takes more than its budget', () => {
    expect(() => parse(`[${'[],'.repeat(1000)}1]`, 6000)).toThrow('it holds more than a file of its size should');
    expect(parse('[1,2,3]', 200)).toEqual([1, 2, 3]);
    expect(parse('["[[[[[[", "\\"[,,,,"]', 150)).toEqual(['[[[[[[', '"[,,,,']);
  });
});

test('the key __proto__ is a key like others', () => {
  const value = parse('{"__proto__":{"polluted":1}}') as object;
  expect(Object.keys(value)).toEqual(['__proto__']);
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  expect('polluted' in {}).toBe(false);
});
