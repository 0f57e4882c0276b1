import { describe, expect, test } from 'vitest';
import { POWER } from '../../assembly/codes.ts';
import * as words from '../../assembly/words/binary.ts';
import { builds, randomFloats } from '../core.ts';
import { binary, broadcast, power } from '../reference/arrays.ts';
import { ulpError } from '../reference/math.ts';
import { bitsOf, integers, loadOperations } from './operation.ts';

const specials = [0, -0, 1, -1, 2, -2, 0.5, -0.5, 3, -3, 1e-40, -1e-40, 3.4e38, Infinity, -Infinity, NaN];
/** [period, repeat] of an operand of n numbers. */
const layouts = (n: number): (readonly [number, number])[] => [
  [0, 1],
  [1, 1],
  [3, 1],
  [5, 2],
  [64, 1],
  [100, 1],
  [0, 7],
  [0, 70],
  [3, 80],
  [n, 1],
];

describe.each(builds)('binary, %s build', (build) => {
  const core = loadOperations(build);
  const numbers = (n: number, seed: number): Float32Array => {
    const random = randomFloats(seed);
    return Float32Array.from({ length: n }, (_, i) =>
      i % 5 ? random() * 4 : (specials[Math.floor((random() + 1) * 8)] ?? 0),
    );
  };

  test.each(binary.map(([name, of], kind) => [name, kind, of] as const))(
    '%s is exact, or to half an ulp, however its operands are broadcast',
    (name, kind, of) => {
      let seed = kind;
      for (const n of [0, 3, 4, 130, 345]) {
        for (const [aPeriod, aRepeat] of layouts(n)) {
          for (const [bPeriod, bRepeat] of layouts(n)) {
            const [a, b, y] = [core.f32(numbers(400, ++seed)), core.f32(numbers(400, ++seed)), core.f32(n)];
            const values = { y: y.ptr, a: a.ptr, b: b.ptr, kind, n, aPeriod, aRepeat, bPeriod, bRepeat };
            const got = core.run(words, values, y);
            const wrong: string[] = [];
            for (const [i, result] of got.entries()) {
              const [p, q] = [broadcast(a.view, i, aPeriod, aRepeat), broadcast(b.view, i, bPeriod, bRepeat)];
              const right = kind === POWER ? ulpError(result, power(p, q)) < 0.51 : Object.is(result, of(p, q));
              if (!right) wrong.push(`${p} ${name} ${q} = ${result}, right is ${of(p, q)}`);
            }
            expect(wrong).toEqual([]);
            core.reset();
          }
        }
      }
    },
  );

  test('sizes are those of one row where perRow is 1', () => {
    const random = integers(randomFloats(3));
    for (let i = 0; i < 20; i++) {
      const [rows, n] = [random(1, 9), random(1, 50)];
      const [a, b, y] = [core.f32(numbers(rows * n, i)), core.f32(numbers(n, i + 1)), core.f32(rows * n)];
      const values = { y: y.ptr, a: a.ptr, b: b.ptr, kind: 0, n, perRow: 1, aRepeat: 1, bPeriod: n, bRepeat: 1 };
      expect([...core.run(words, values, y, rows)]).toEqual(
        [...a.view].map((value, j) => Math.fround(value + (b.view[j % n] ?? 0))),
      );
      core.reset();
    }
  });

  test('the result may lie where a full operand lies', () => {
    const n = 333;
    const [a, b] = [core.f32(numbers(n, 1)), core.f32(numbers(3, 2))];
    const want = [...a.view].map((value, i) => Math.fround((b.view[i % 3] ?? 0) - value));
    const got = core.run(words, { y: a.ptr, a: b.ptr, b: a.ptr, kind: 1, n, aPeriod: 3, aRepeat: 1, bRepeat: 1 }, a);
    expect([...got]).toEqual(want);
    core.reset();
  });

  test('powers follow C and NumPy where there is a convention, zeros with their sign', () => {
    const pairs = specials.flatMap((x) => [...specials, 7, -7, 1e9, 0.25].map((y) => [x, y] as const));
    const [a, b, y] = [core.f32(pairs.map(([x]) => x)), core.f32(pairs.map(([, e]) => e)), core.f32(pairs.length)];
    const values = { y: y.ptr, a: a.ptr, b: b.ptr, kind: POWER, n: pairs.length, aRepeat: 1, bRepeat: 1 };
    const got = core.run(words, values, y);
    for (const [i, [x, e]] of pairs.entries()) {
      const want = Math.fround(power(Math.fround(x), Math.fround(e)));
      expect(got[i], `${x} ^ ${e}`).toBe(want);
    }
    core.reset();
  });

  test('an exponent has the same bits as an array and as one number', () => {
    const n = 1003;
    for (const exponent of [2, 1, 0.5, -1, 3, 2.5, 0]) {
      const [a, full, one] = [
        core.f32(numbers(n, 9)),
        core.f32(new Float32Array(n).fill(exponent)),
        core.f32([exponent]),
      ];
      const [y, z] = [core.f32(n), core.f32(n)];
      const values = { a: a.ptr, kind: POWER, n, aRepeat: 1, bRepeat: 1 };
      const spread = core.run(words, { ...values, y: y.ptr, b: full.ptr }, y);
      const single = core.run(words, { ...values, y: z.ptr, b: one.ptr, bPeriod: 1 }, z);
      // a NaN has no bits that count
      const bits = (x: Float32Array) => bitsOf(x.map((value) => (Number.isNaN(value) ? 1e30 : value)));
      expect(bits(single)).toEqual(bits(spread));
      core.reset();
    }
  });
});

test('powers are within 0.51 ulp over the whole range, and exact for the exponents -1, 0.5, 1 and 2', () => {
  const core = loadOperations('release');
  const random = randomFloats(5);
  const n = 200_000;
  const exponents = [2, 1, 0.5, -1];
  const a = core.f32(Float32Array.from({ length: n }, () => 2 ** (random() * 60)));
  const b = core.f32(Float32Array.from(a.view, (x, i) => exponents[i % 8] ?? (random() * 87) / Math.log(x)));
  const y = core.f32(n);
  core.execute(words, { y: y.ptr, a: a.ptr, b: b.ptr, kind: POWER, n, aRepeat: 1, bRepeat: 1 });
  let worst = 0;
  for (let i = 0; i < n; i++) {
    const [p, q, got] = [a.view[i] as number, b.view[i] as number, y.view[i] as number];
    if (i % 8 < 4) expect(got).toBe(Math.fround(p ** q));
    else worst = Math.max(worst, ulpError(got, p ** q));
  }
  if (process.env.SHOW_ULP) console.log(`power: ${worst.toFixed(4)} ulp`);
  expect(worst).toBeLessThan(0.51);
});
