/** JSON from anybody: what JSON.parse reads is read the same, what it lets through and should not is refused. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseJson } from '../../src/model/json.ts';

const parse = (text: string, left = 1e9) => parseJson(text, 'it', { left });

test('whatever JSON.stringify writes comes back', () => {
  const value = fc.jsonValue({ maxDepth: 6 }).filter((value) => !JSON.stringify(value).includes('__proto__'));
  fc.assert(
    fc.property(value, fc.constantFrom(undefined, 1, '\t\r\n'), (value, space) => {
      const text = JSON.stringify(value, null, space);
      expect(parse(text)).toEqual(JSON.parse(text));
    }),
  );
});

test('any other text is refused where JSON.parse refuses it', () => {
  const noise = fc.stringMatching(/^[[\]{}",:0-9eE+\-.a-u\\ \n]{0,12}$/);
  fc.assert(
    fc.property(noise, (text) => {
      const read = (run: (text: string) => unknown) => {
        try {
          return { value: run(text) };
        } catch {
          return 'refused';
        }
      };
      const [ours, theirs] = [read(parse), read(JSON.parse)];
      if (ours !== 'refused') expect(ours).toEqual(theirs);
    }),
    { numRuns: 3000 },
  );
});

describe('refused', () => {
  test.each([
    ['', 'it is not JSON: expected a value at character 0, found the end'],
    ['{"a":1,"a":2}', "it has the key 'a' twice"],
    ['{"__proto__":{}}', "it has the key '__proto__'"],
    ['{"\\u005f_proto__":{}}', "it has the key '__proto__'"],
    ['{"a"}', "it is not JSON: expected ':' at character 4"],
    ['[1 2]', "it is not JSON: expected ',' or ']' at character 3"],
    ['[1] 2', 'it is not JSON: expected the end at character 4'],
    ['[1,]', 'it is not JSON: expected a value at character 3'],
    ['01', 'it is not JSON: expected a value at character 0'],
    ['1e999', 'it is not JSON: expected a value at character 0'],
    ['NaN', 'it is not JSON: expected a value'],
    ['"a\nb"', 'it is not JSON: expected a string at character 2'],
    ['"\\x"', 'it is not JSON: expected a string at character 0'],
    ['"\\', 'it is not JSON: expected a string'],
    ['"', 'it is not JSON: expected a string at character 1, found the end'],
    [`${'['.repeat(33)}${']'.repeat(33)}`, 'it is nested more than 32 deep'],
    ['['.repeat(1e6), 'it is nested more than 32 deep'],
  ])('%s', (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });

  test('what takes more than its budget', () => {
    expect(() => parse(`[${'[],'.repeat(1000)}1]`, 6000)).toThrow('it holds more than a file of its size should');
    expect(parse('[1,2,3]', 200)).toEqual([1, 2, 3]);
  });
});
