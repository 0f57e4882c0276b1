import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { PURPOSE_DROPOUT, PURPOSE_INITIALIZER, PURPOSE_SHUFFLE } from '../../assembly/codes.ts';
import { builds, loadCore } from '../core.ts';
import { philox4x32, quantile, shuffled, words } from '../reference/random.ts';

const SIZES = [0, 1, 2, 3, 4, 5, 7, 8, 13, 15, 16, 17, 31, 32, 33, 63, 64, 65, 1009];
function mean(x: ArrayLike<number>): number {
  return Array.from(x).reduce((a, b) => a + b, 0) / x.length;
}
function variance(x: ArrayLike<number>): number {
  const middle = mean(x);
  return mean(Array.from(x, (v) => (v - middle) ** 2));
}

interface Initializers {
  readonly truncation_constant: number;
  readonly cases: readonly Record<string, unknown>[];
}
const initializers: Initializers = JSON.parse(
  readFileSync(new URL('../reference/initializers.json', import.meta.url), 'utf8'),
);

describe.each(builds)('random numbers, %s build', (build) => {
  const core = loadCore(build);
  const floats = (n: number) => core.f32(n);

  describe('philox', () => {
    // Published known answers of Random123 for philox4x32-10: counter, key, words.
    test.each([
      [
        [0, 0, 0, 0],
        [0, 0],
        [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
      ],
      [
        [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
        [0xffffffff, 0xffffffff],
        [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
      ],
      [
        [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
        [0xa4093822, 0x299f31d0],
        [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
      ],
    ] as const)('gives the published words of counter %j and key %j', (counter, key, expected) => {
      core.reset();
      const out = core.u32(4);
      const [low, high] = key;
      const [block, step, index, purpose] = counter;
      core.x.philox(out.ptr, 1, low, high, block, step, index, purpose);
      expect([...out.view]).toEqual(expected);
      expect(philox4x32(counter, key)).toEqual(expected);
    });

    test('gives the words of consecutive counters, also past the end of u32', () => {
      for (const blocks of [0, 1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 251]) {
        core.reset();
        const out = core.u32(4 * blocks);
        core.x.philox(out.ptr, blocks, 42, 7, 0xfffffffd, 3, 5, 9);
        const expected = Array.from({ length: blocks }, (_, k) =>
          philox4x32([(0xfffffffd + k) >>> 0, 3, 5, 9], [42, 7]),
        ).flat();
        expect([...out.view]).toEqual(expected);
      }
      core.reset();
    });
  });

  describe('uniform', () => {
    test.each(SIZES)('%i numbers are the words scaled, in float32', (n) => {
      core.reset();
      const out = floats(n);
      core.x.uniform(out.ptr, n, 42, 1, 6, -0.25, 0.75);
      const expected = words(n, [42, 1], 0, 6, PURPOSE_INITIALIZER).map((w) =>
        Math.fround(-0.25 + (w >>> 8) * 2 ** -24),
      );
      expect([...out.view]).toEqual(expected);
    });

    test.each([
      [0, 1],
      [-0.05, 0.05],
      [-1, 0],
      [-3, -1],
      [1, 1 + 2 ** -20],
      [1, 1 + 2 ** -23],
      [-1 - 2 ** -22, -1],
      [-1e-3, 3],
      [1000, 1001],
    ])('from [%f, %f) stays below the upper bound, even after rounding', (low, high) => {
      core.reset();
      const n = 200_000;
      const out = floats(n);
      core.x.uniform(out.ptr, n, 3, 4, 0, low, high);
      expect(out.view.every((x) => x >= Math.fround(low) && x < Math.fround(high))).toBe(true);
      const width = Math.fround(high) - Math.fround(low);
      if (width > 1e-5) {
        const sigma = width / Math.sqrt(12);
        expect(Math.abs(mean(out.view) - (low + high) / 2)).toBeLessThan((4 * sigma) / Math.sqrt(n));
        // The variance of the squared deviation of a uniform number is 4/5 of its square.
        expect(Math.abs(variance(out.view) / sigma ** 2 - 1)).toBeLessThan(4 * Math.sqrt(0.8 / n));
      }
    });

    test('an empty range gives its bound', () => {
      core.reset();
      const out = floats(5);
      core.x.uniform(out.ptr, 5, 3, 4, 0, 0.1, 0.1);
      expect([...out.view]).toEqual(Array(5).fill(Math.fround(0.1)));
    });
  });

  describe('the normal quantile', () => {
    // Computed with mpmath at 40 digits, of the float64 nearest to what is printed.
    test.each([
      [1e-100, -21.273453560965326],
      [1e-20, -9.262340089798407],
      [1e-9, -5.9978070150076865],
      [1e-6, -4.753424308822899],
      [0.001, -3.0902323061678136],
      [0.025, -1.9599639845400543],
      [0.075, -1.439531470938456],
      [0.25, -0.6744897501960817],
      [0.5, 0],
      [0.6, 0.2533471031357997],
      [0.9, 1.2815515655446006],
      [0.975, 1.9599639845400538],
      [0.995, 2.5758293035489004],
    ])('of %f is %f', (p, z) => {
      expect(Math.abs(core.x.normalQuantile(p) - z)).toBeLessThanOrEqual(1e-15 * Math.abs(z));
    });

    test('agrees with the series of the distribution everywhere', () => {
      for (let k = 1; k < 2000; k++) {
        for (const p of [k / 2000, 2 ** (-k / 30)]) {
          if (p < 1) expect(Math.abs(core.x.normalQuantile(p) - quantile(p))).toBeLessThan(1e-12);
        }
      }
    });
  });

  describe('normal and truncated normal', () => {
    test.each(SIZES)('%i numbers are the quantiles of the words', (n) => {
      core.reset();
      const [plain, truncated] = [floats(n), floats(n)];
      core.x.normal(plain.ptr, n, 42, 0, 3, 0.5, 2);
      core.x.truncatedNormal(truncated.ptr, n, 42, 0, 3, 0.5, 2);
      const bottom = 0.02275013194817921;
      words(n, [42, 0], 0, 3, PURPOSE_INITIALIZER).forEach((word, i) => {
        const u = ((word >>> 8) + 0.5) * 2 ** -24;
        expect(Math.abs((plain.view[i] ?? Number.NaN) - (0.5 + 2 * quantile(u)))).toBeLessThan(5e-7);
        const z = quantile(bottom + u * (1 - 2 * bottom));
        expect(Math.abs((truncated.view[i] ?? Number.NaN) - (0.5 + 2 * z))).toBeLessThan(5e-7);
      });
    });

    test('normal numbers have the moments asked for', () => {
      core.reset();
      const n = 200_000;
      const out = floats(n);
      core.x.normal(out.ptr, n, 9, 9, 0, -1, 0.5);
      expect(Math.abs(mean(out.view) + 1)).toBeLessThan((4 * 0.5) / Math.sqrt(n));
      expect(Math.abs(variance(out.view) / 0.25 - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
      const within = out.view.filter((x) => Math.abs(x + 1) < 0.5).length / n;
      expect(Math.abs(within - 0.6826894921)).toBeLessThan(4 * Math.sqrt((0.6827 * 0.3173) / n));
      expect(Math.max(...out.view.subarray(0, 100_000))).toBeGreaterThan(0.5);
    });

    test('truncated numbers stay within two deviations, and have the deviation that Keras corrects for', () => {
      core.reset();
      const n = 200_000;
      const out = floats(n);
      const stddev = Number(initializers.cases[0]?.glorot_normal_sampling_stddev);
      core.x.truncatedNormal(out.ptr, n, 9, 10, 0, 0, stddev);
      expect(out.view.every((x) => Math.abs(x) < 2 * stddev)).toBe(true);
      const sigma = stddev * initializers.truncation_constant;
      expect(Math.abs(mean(out.view))).toBeLessThan((4 * sigma) / Math.sqrt(n));
      expect(Math.abs(variance(out.view) / sigma ** 2 - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
      expect(out.view.filter((x) => Math.abs(x) > 1.9 * stddev).length).toBeGreaterThan(0);
    });
  });

  describe('shuffle', () => {
    const shuffle = (n: number, low: number, high: number, epoch: number): number[] => {
      core.reset();
      const order = core.i32(n);
      core.x.shuffle(order.ptr, n, low, high, epoch);
      return [...order.view];
    };

    test.each([...SIZES, 60_000])('of %i is a permutation', (n) => {
      const order = shuffle(n, 42, 0, 0);
      expect(order.toSorted((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
    });

    test('draws a word again where it would favour some places', () => {
      const n = 60_000;
      let redrawn = 0;
      for (let epoch = 0; epoch < 12; epoch++) {
        core.reset();
        const first = core.u32(n);
        core.x.philox(first.ptr, n / 4, 42, 1, 0, 0, epoch, PURPOSE_SHUFFLE);
        const expected = shuffled([...first.view], (i, draw) => {
          redrawn++;
          return philox4x32([i, draw, epoch, PURPOSE_SHUFFLE], [42, 1])[0];
        });
        const order = shuffle(n, 42, 1, epoch);
        expect(order.every((place, i) => place === expected[i])).toBe(true);
      }
      expect(redrawn).toBeGreaterThan(0);
    });

    test('differs with the seed, its high half and the epoch, and repeats without', () => {
      const orders = [
        [42, 0, 0],
        [43, 0, 0],
        [42, 1, 0],
        [42, 0, 1],
      ].map(([low = 0, high = 0, epoch = 0]) => shuffle(100, low, high, epoch).join());
      expect(new Set(orders).size).toBe(4);
      expect(shuffle(100, 42, 0, 0).join()).toBe(orders[0]);
    });

    test('makes each of the 24 orders of four equally often', () => {
      const count = new Map<string, number>();
      const draws = 24_000;
      core.reset();
      const order = core.i32(4);
      for (let epoch = 0; epoch < draws; epoch++) {
        core.x.shuffle(order.ptr, 4, 1, 2, epoch);
        const key = order.view.join();
        count.set(key, (count.get(key) ?? 0) + 1);
      }
      expect(count.size).toBe(24);
      const expected = draws / 24;
      const chi2 = [...count.values()].reduce((sum, c) => sum + (c - expected) ** 2 / expected, 0);
      // 23 degrees of freedom: 4 sigma above the mean.
      expect(chi2).toBeLessThan(23 + 4 * Math.sqrt(46));
    });

    test('sends the first row everywhere', () => {
      const [n, draws] = [50, 10_000];
      core.reset();
      const order = core.i32(n);
      const places = new Array<number>(n).fill(0);
      for (let epoch = 0; epoch < draws; epoch++) {
        core.x.shuffle(order.ptr, n, 1, 2, epoch);
        const at = order.view.indexOf(0);
        places[at] = (places[at] ?? 0) + 1;
      }
      const expected = draws / n;
      const chi2 = places.reduce((sum, c) => sum + (c - expected) ** 2 / expected, 0);
      expect(chi2).toBeLessThan(n - 1 + 4 * Math.sqrt(2 * (n - 1)));
    });
  });

  describe('dropout', () => {
    test.each(SIZES)('keeps of %i elements those whose word is high enough, and scales them', (n) => {
      core.reset();
      const x = core.f32(Float32Array.from({ length: n }, (_, i) => i - 3.5));
      const out = floats(n);
      const rate = Math.fround(0.3);
      core.x.dropout(out.ptr, x.ptr, n, 40, 42, 1, 2, 7, rate);
      const drawn = words(n + 40, [42, 1], 7, 2, PURPOSE_DROPOUT).slice(40);
      const expected = drawn.map((word, i) =>
        word >= Math.floor(rate * 2 ** 32) ? Math.fround((x.view[i] ?? 0) * Math.fround(1 / (1 - rate))) : 0,
      );
      expect([...out.view]).toEqual(expected);
      core.x.dropout(x.ptr, x.ptr, n, 40, 42, 1, 2, 7, rate);
      expect([...x.view]).toEqual(expected);
    });

    test.each([0.1, 0.5, 0.9])('at a rate of %f drops that share and keeps the mean', (rate) => {
      core.reset();
      const n = 100_000;
      const x = core.f32(new Float32Array(n).fill(1));
      core.x.dropout(x.ptr, x.ptr, n, 0, 1, 0, 0, 0, rate);
      const sigma = Math.sqrt((rate * (1 - rate)) / n);
      expect(Math.abs(x.view.filter((v) => v === 0).length / n - rate)).toBeLessThan(4 * sigma);
      expect(Math.abs(mean(x.view) - 1)).toBeLessThan((4 * sigma) / (1 - rate));
    });

    test('makes the same mask however the elements are split', () => {
      core.reset();
      const n = 1003;
      const x = core.f32(new Float32Array(n).fill(1));
      const [whole, split] = [floats(n), floats(n)];
      core.x.dropout(whole.ptr, x.ptr, n, 0, 1, 2, 3, 4, 0.5);
      const cuts = [0, 4, 24, 500, 1000, n];
      cuts.slice(1).forEach((to, k) => {
        const from = cuts[k] ?? 0;
        core.x.dropout(split.ptr + 4 * from, x.ptr + 4 * from, to - from, from, 1, 2, 3, 4, 0.5);
      });
      expect([...split.view]).toEqual([...whole.view]);
    });

    test('draws another mask for every step, layer and seed', () => {
      core.reset();
      const x = core.f32(new Float32Array(256).fill(1));
      const out = floats(256);
      const masks = [
        [1, 2, 3, 4],
        [0, 2, 3, 4],
        [1, 0, 3, 4],
        [1, 2, 0, 4],
        [1, 2, 3, 0],
      ].map(([low = 0, high = 0, index = 0, step = 0]) => {
        core.x.dropout(out.ptr, x.ptr, 256, 0, low, high, index, step, 0.5);
        return out.view.join();
      });
      expect(new Set(masks).size).toBe(masks.length);
    });

    test('at a rate of 0 changes nothing, at 1 leaves zeros, and drops NaN and infinity too', () => {
      core.reset();
      const values = [1, -2, Number.NaN, Number.POSITIVE_INFINITY, 5, 6, 7];
      const x = core.f32(values);
      const out = core.f32(7);
      core.x.dropout(out.ptr, x.ptr, 7, 0, 1, 2, 3, 4, 0);
      expect([...out.view]).toEqual(values);
      core.x.dropout(out.ptr, x.ptr, 7, 0, 1, 2, 3, 4, 1);
      expect([...out.view]).toEqual(Array(7).fill(0));
      for (let step = 0; step < 20; step++) {
        core.x.dropout(out.ptr, x.ptr, 7, 0, 1, 2, 3, step, 0.5);
        const kept = words(7, [1, 2], step, 3, PURPOSE_DROPOUT).map((word) => word >= 2 ** 31);
        expect([...out.view]).toEqual(values.map((v, i) => (kept[i] ? 2 * v : 0)));
      }
    });
  });

  test('the streams of seed 42 are what they have always been', () => {
    core.reset();
    const [u, z, t, d] = [floats(5), floats(5), floats(5), core.f32(new Float32Array(16).fill(1))];
    const order = core.i32(10);
    core.x.uniform(u.ptr, 5, 42, 0, 0, -1, 1);
    core.x.normal(z.ptr, 5, 42, 0, 0, 0, 1);
    core.x.truncatedNormal(t.ptr, 5, 42, 0, 0, 0, 1);
    core.x.shuffle(order.ptr, 10, 42, 0, 0);
    core.x.dropout(d.ptr, d.ptr, 16, 0, 42, 0, 0, 0, 0.5);
    expect([...u.view]).toEqual([
      -0.7479368448257446, 0.18774032592773438, -0.3429572582244873, 0.5701401233673096, -0.7537368535995483,
    ]);
    expect([...z.view]).toEqual([
      -1.1453523635864258, 0.2375119924545288, -0.443999707698822, 0.7894315719604492, -1.1594735383987427,
    ]);
    expect([...t.view]).toEqual([
      -1.0667283535003662, 0.22651377320289612, -0.422517329454422, 0.7457783222198486, -1.0790656805038452,
    ]);
    expect([...order.view]).toEqual([7, 4, 0, 1, 6, 5, 9, 3, 2, 8]);
    expect([...d.view]).toEqual([2, 2, 0, 2, 0, 2, 2, 2, 0, 0, 2, 0, 2, 2, 0, 2]);
  });
});
