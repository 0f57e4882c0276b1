import { describe, expect, it } from 'vitest';
import { integer, names, number, threads, units } from '../../src/cli/numbers.ts';

describe('what is typed', () => {
  it('is a number as a person writes it, and nothing JavaScript would make one of', () => {
    expect([number('1e-3'), number('.5'), number('2.'), number('-1'), number('+7E2')]).toEqual([
      0.001, 0.5, 2, -1, 700,
    ]);
    for (const text of ['', ' ', '0x10', '1_000', '1e999', 'Infinity', 'NaN', '1,5', '5 ']) {
      expect(() => number(text), text).toThrow('Expected a number.');
    }
  });

  it('is an integer within its bounds', () => {
    expect(integer(0)('1e3')).toBe(1000);
    expect(() => integer(0)('9007199254740993')).toThrow('at least 0');
    expect(() => integer(1, 5)('6')).toThrow('from 1 to 5');
    expect(() => integer(1)('')).toThrow('at least 1');
  });

  it('is a list of names or units', () => {
    expect(names('sgd, adam')).toEqual(['sgd', 'adam']);
    expect(() => names('')).toThrow('separated by commas');
    expect(units('300, 100')).toEqual([300, 100]);
    expect(units('none')).toEqual([]);
    for (const text of ['', '300,', '0', '-5', '1.5']) expect(() => units(text), text).toThrow('Expected units');
  });

  it('is a number of threads or auto', () => {
    expect([threads('auto'), threads('1'), threads('3')]).toEqual(['auto', 1, 3]);
    for (const text of ['0', '65', '1.5', 'many']) expect(() => threads(text), text).toThrow('from 1 to 64');
  });
});
