import { describe, expect, it } from 'vitest';
import { placeOf } from '../../src/sweep/draw.ts';
import { CheckedSpace } from '../../src/sweep/space.ts';

const grid = (space: unknown) => new CheckedSpace(space).grid();
const drawn = (space: unknown, count: number, seed = 1) => {
  const checked = new CheckedSpace(space);
  return Array.from({ length: count }, (_, trial) => checked.settings(placeOf(seed, trial, checked.dimensions.length)));
};

describe('a grid', () => {
  it('has every combination, the last setting changing fastest, with both ends of a range', () => {
    expect(grid({ a: ['x', 'y'], b: { integer: [1, 3], step: 2 }, c: true })).toEqual([
      { a: 'x', b: 1, c: true },
      { a: 'x', b: 3, c: true },
      { a: 'y', b: 1, c: true },
      { a: 'y', b: 3, c: true },
    ]);
    expect(grid({ r: { log: [1e-4, 1e-1], steps: 4 } }).map(({ r }) => r)).toEqual([1e-4, 1e-3, 1e-2, 1e-1]);
    expect(grid({ r: { uniform: [-1, 1], steps: 5 } }).map(({ r }) => r)).toEqual([-1, -0.5, 0, 0.5, 1]);
    expect(grid({ h: [[300, 100], [128]] })).toEqual([{ h: [300, 100] }, { h: [128] }]);
  });

  it('leaves a setting out where its condition does not hold, and whatever depends on that one', () => {
    const space = {
      optimizer: ['sgd', 'adam', 'lion'],
      momentum: { choice: [0, 0.9], when: { optimizer: 'sgd' } },
      nesterov: { choice: [true, false], when: { momentum: 0.9 } },
      beta: { choice: [0.5], when: { optimizer: ['adam', 'lion'] } },
    };
    expect(grid(space)).toEqual([
      { optimizer: 'sgd', momentum: 0 },
      { optimizer: 'sgd', momentum: 0.9, nesterov: true },
      { optimizer: 'sgd', momentum: 0.9, nesterov: false },
      { optimizer: 'adam', beta: 0.5 },
      { optimizer: 'lion', beta: 0.5 },
    ]);
  });
});

describe('random settings', () => {
  const space = {
    rate: { log: [1e-5, 1] },
    share: { uniform: [0.9, 0.999] },
    units: { integer: [8, 512], log: true },
    count: { integer: [-2, 2] },
    kind: ['a', 'b', 'c'],
  };
  const many = drawn(space, 3000);
  const of = (name: string) => many.map((settings) => settings[name] as number);

  it('lie in their ranges, with few digits, and are spread as the range says', () => {
    for (const value of of('rate')) {
      expect(value).toBeGreaterThanOrEqual(1e-5);
      expect(value).toBeLessThanOrEqual(1);
      expect(value).toBe(Number(value.toPrecision(6)));
    }
    for (const decade of [1e-5, 1e-4, 1e-3, 1e-2, 1e-1])
      expect(of('rate').filter((value) => value >= decade && value < 10 * decade).length / 3000).toBeCloseTo(0.2, 1);
    expect(Math.min(...of('share'))).toBeGreaterThanOrEqual(0.9);
    expect(Math.max(...of('share'))).toBeLessThanOrEqual(0.999);
    for (const value of of('units')) expect(Number.isInteger(value) && value >= 8 && value <= 512).toBe(true);
    const low = of('units').filter((value) => value < 64).length / 3000;
    expect(low).toBeCloseTo(0.5, 1);
    for (const value of [-2, -1, 0, 1, 2])
      expect(of('count').filter((one) => one === value).length / 3000).toBeCloseTo(0.2, 1);
    for (const kind of ['a', 'b', 'c'])
      expect(many.filter((one) => one.kind === kind).length / 3000).toBeCloseTo(1 / 3, 1);
  });

  it('are those of the seed and the number of the trial, to the last bit', () => {
    expect(drawn(space, 5)).toEqual(many.slice(0, 5));
    expect(drawn(space, 5, 2)).not.toEqual(many.slice(0, 5));
    // other engines and versions must draw the same
    expect(drawn(space, 2, 42)).toMatchInlineSnapshot(`
      [
        {
          "count": 0,
          "kind": "b",
          "rate": 0.811712,
          "share": 0.9204926,
          "units": 472,
        },
        {
          "count": -2,
          "kind": "c",
          "rate": 0.0018995,
          "share": 0.9766378,
          "units": 8,
        },
      ]
    `);
  });
});

describe('a wrong space', () => {
  it.each([
    [{}, RangeError, 'must have a setting'],
    [[1], TypeError, 'space must be an object'],
    [{ rate: [] }, RangeError, 'rate must have a value'],
    [{ rate: [0.1, 0.1] }, RangeError, 'rate has the value 0.1 twice'],
    [{ rate: [null] }, TypeError, 'rate must be'],
    [{ rate: [Number.NaN] }, TypeError, 'rate must be'],
    [{ rate: { low: 1 } }, TypeError, 'rate must be a value, a list'],
    [{ rate: { log: [0, 1] } }, RangeError, 'rate: log must be above 0'],
    [{ rate: { log: [1, 0.1] } }, RangeError, 'rate: log must be a lower and a higher'],
    [{ rate: { uniform: [1, 1] } }, RangeError, 'rate: uniform must be a lower and a higher'],
    [{ rate: { uniform: [0, Number.POSITIVE_INFINITY] } }, RangeError, 'rate: uniform'],
    [{ rate: { uniform: [0] } }, TypeError, 'rate: uniform'],
    [{ rate: { uniform: ['0', 1] } }, TypeError, 'rate: uniform'],
    [{ rate: { uniform: [0, 1], step: 3 } }, RangeError, "unknown option of rate 'step'"],
    [{ rate: { uniform: [0, 1], steps: 1 } }, RangeError, 'rate: steps must be an integer'],
    [{ units: { integer: [1, 2.5] } }, RangeError, 'units: integer must be an integer'],
    [{ units: { integer: [1, 3], step: 5 } }, RangeError, 'units: step must leave two values'],
    [{ units: { integer: [0, 3], log: true } }, RangeError, 'units: integer must be above 0'],
    [{ a: { choice: [1], when: { b: 1 } }, b: [1] }, RangeError, "a: when names 'b', which is no earlier setting"],
    [{ a: [1], b: { choice: [1], when: { a: 2 } } }, RangeError, 'b: when wants a to be 2, which it never is'],
    [{ '': [1] }, RangeError, 'cannot be named'],
  ])('is refused by the name of its setting: %j', (space, kind, says) => {
    const make = () => new CheckedSpace(space);
    expect(make).toThrow(kind);
    expect(make).toThrow(says);
  });

  it('has no grid if a range has no steps, or too many combinations', () => {
    expect(() => grid({ rate: { log: [1e-4, 1] } })).toThrow('rate: a grid needs steps');
    expect(() => grid({ a: { integer: [1, 1e4] }, b: { integer: [1, 1e4] } })).toThrow('more than 1000000 trials');
  });
});
