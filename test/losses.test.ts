import { describe, expect, test } from 'vitest';
import * as codes from '../assembly/codes.ts';
import { builds, loadCore } from './core.ts';
import { binaryFused, close, example, kinds, type Row, run, shapes, sparseFused } from './loss-cases.ts';
import * as fround from './reference/fround.ts';
import golden from './reference/losses.json' with { type: 'json' };
import * as reference from './reference/losses.ts';
import { toBits } from './reference/math.ts';

describe.each(builds)('losses, %s build', (build) => {
  const core = loadCore(build);

  test.each(kinds)('$name: values and gradients match the reference on ragged shapes', (kind) => {
    for (const [rows, cols] of shapes) {
      const { predictions, dense, targets, weights } = example(kind, rows, cols);
      const scale = 0.25;
      const got = run(core, kind.kind, predictions, targets, { weights, scale, parameter: kind.parameter });
      predictions.forEach((p, r) => {
        const want = kind.reference(p, dense[r] as number[], Math.fround(kind.parameter));
        close([got.values[r] as number], [want.value], 2e-6);
        const factor = scale * (weights[r] as number);
        close(
          got.gradient[r] as number[],
          want.gradient.map((g) => g * factor),
          2e-6,
        );
      });
    }
  });

  test.each(kinds)('$name: no weights are ones, and no gradient leaves the values as they are', (kind) => {
    const { predictions, targets } = example(kind, 3, 10);
    const parameter = kind.parameter;
    const full = run(core, kind.kind, predictions, targets, { parameter });
    expect(run(core, kind.kind, predictions, targets, { parameter, weights: [1, 1, 1] })).toEqual(full);
    expect(run(core, kind.kind, predictions, targets, { parameter, gradient: false }).values).toEqual(full.values);
  });

  test.each([
    ['sparse', codes.SPARSE_CROSSENTROPY_LOGITS, 'label'],
    ['categorical', codes.CATEGORICAL_CROSSENTROPY_LOGITS, 'distribution'],
  ] as const)(
    'the fused %s loss gives the probabilities of softmax, with and without a gradient',
    (_, kind, target) => {
      const { predictions, targets } = example({ ...sparseFused, target }, 4, 10);
      const plain = run(core, kind, predictions, targets);
      const both = run(core, kind, predictions, targets, { probabilities: true });
      const alone = run(core, kind, predictions, targets, { probabilities: true, gradient: false });
      expect(both.gradient).toEqual(plain.gradient);
      expect(alone.values).toEqual(plain.values);
      predictions.forEach((row, r) => {
        const want = fround.softmax(row).map(toBits);
        expect((both.probabilities[r] as number[]).map(toBits)).toEqual(want);
        expect((alone.probabilities[r] as number[]).map(toBits)).toEqual(want);
      });
    },
  );

  test('the fused binary loss gives the probabilities of sigmoid', () => {
    const { predictions, targets } = example(binaryFused, 3, 5);
    const got = run(core, codes.BINARY_CROSSENTROPY_LOGITS, predictions, targets, { probabilities: true });
    expect(got.probabilities).toEqual(predictions.map((row) => row.map(fround.sigmoidLayer)));
  });

  test('the fused sparse loss has the bits of the scalar oracle', () => {
    for (const [rows, cols] of shapes) {
      const { predictions, targets, weights } = example(sparseFused, rows, cols);
      if (rows > 1) (predictions[0] as number[])[0] = -200;
      const scale = Math.fround(1 / 3);
      const got = run(core, codes.SPARSE_CROSSENTROPY_LOGITS, predictions, targets, {
        weights,
        scale,
        probabilities: true,
      });
      predictions.forEach((row, r) => {
        const factor = Math.fround(scale * (weights[r] as number));
        const want = fround.sparseCrossentropyLogits(row, targets[r] as number, factor);
        expect(toBits(got.values[r] as number)).toBe(toBits(want.value));
        expect((got.probabilities[r] as number[]).map(toBits)).toEqual(want.probabilities.map(toBits));
        expect((got.gradient[r] as number[]).map(toBits)).toEqual(want.gradient.map(toBits));
      });
    }
  });

  test('the fused loss meets the reference softmax, loss and gradient', () => {
    const { logits, labels, softmax, loss, gradient } = golden.softmax_cross_entropy;
    const sparse = run(core, codes.SPARSE_CROSSENTROPY_LOGITS, logits, labels, { probabilities: true });
    const hot = labels.map((label) => reference.oneHot(label, 3));
    const categorical = run(core, codes.CATEGORICAL_CROSSENTROPY_LOGITS, logits, hot, { probabilities: true });
    for (const got of [sparse, categorical]) {
      close(got.values, loss, 2e-7);
      close(got.probabilities.flat(), softmax.flat(), 2e-7);
      close(got.gradient.flat(), gradient.flat(), 2e-7);
    }
  });

  const KINDS: Record<string, readonly [number, number]> = {
    sparse_categorical_crossentropy: [codes.SPARSE_CROSSENTROPY, codes.SPARSE_CROSSENTROPY_LOGITS],
    categorical_crossentropy: [codes.CATEGORICAL_CROSSENTROPY, codes.CATEGORICAL_CROSSENTROPY_LOGITS],
    binary_crossentropy: [codes.BINARY_CROSSENTROPY, codes.BINARY_CROSSENTROPY_LOGITS],
    mean_squared_error: [codes.MEAN_SQUARED_ERROR, codes.MEAN_SQUARED_ERROR],
    mean_absolute_error: [codes.MEAN_ABSOLUTE_ERROR, codes.MEAN_ABSOLUTE_ERROR],
    huber: [codes.HUBER, codes.HUBER],
  };
  const notOffered = ['log_cosh', 'kl_divergence', 'poisson', 'hinge', 'squared_hinge'];

  test.each(golden.cases.filter((c) => !notOffered.includes(c.loss)))(
    '$loss gives what Keras gives for $y_pred',
    (c) => {
      const kind = (KINDS[c.loss] as readonly [number, number])[c.from_logits ? 1 : 0];
      // One case has a batch of one sequence of two: to the kernel, two rows.
      const sequence = c.ignore_class !== undefined;
      const rows = (sequence ? c.y_pred.flat() : c.y_pred) as number[][];
      const targets = (sequence ? c.y_true.flat() : c.y_true) as Row | Row[];
      const { values } = run(core, kind, rows, targets, {
        parameter: c.delta ?? c.label_smoothing ?? 0,
        ignoreClass: c.ignore_class,
      });
      close(values, (c.per_sample as (number | number[])[]).flat(), 1e-6);
      const weights = c.sample_weight?.flat() ?? values.map(() => 1);
      const divisor = c.reduction === 'mean_with_sample_weight' ? weights.reduce((a, b) => a + b, 0) : values.length;
      const mean = values.reduce((sum, value, r) => sum + value * (weights[r] as number), 0) / divisor;
      if (c.mean !== undefined) close([mean], [c.mean], 1e-6);
    },
  );

  test('logits of ten thousand give finite values and gradients that add up to zero', () => {
    const rows = [
      [1e4, -1e4, 0, 1],
      [-1e4, 1e4, 1e4, 0],
      [1e4, 1e4, 1e4, 1e4],
      [-1e4, -1e4, -1e4, 0],
      [0.1, 0.2, 0.3, 0.4],
    ];
    const labels = [1, 0, 2, 0, 3];
    const hot = labels.map((label) => reference.oneHot(label, 4));
    for (const got of [
      run(core, codes.SPARSE_CROSSENTROPY_LOGITS, rows, labels),
      run(core, codes.CATEGORICAL_CROSSENTROPY_LOGITS, rows, hot),
      run(core, codes.CATEGORICAL_CROSSENTROPY_LOGITS, rows, hot, { parameter: 0.1 }),
    ]) {
      for (const value of got.values) expect(Number.isFinite(value)).toBe(true);
      for (const row of got.gradient) expect(Math.abs(row.reduce((a, b) => a + b, 0))).toBeLessThan(2e-7);
    }
    const binary = run(core, codes.BINARY_CROSSENTROPY_LOGITS, [[1e4, -1e4, 1e4, -1e4]], [[0, 1, 1, 0]]);
    expect(binary).toMatchObject({ values: [5000], gradient: [[0.25, -0.25, 0, 0]] });
  });

  test('a class that is surely wrong keeps its gradient when fused, and loses it when clipped', () => {
    const fused = run(core, codes.SPARSE_CROSSENTROPY_LOGITS, [[60, 0, 0]], [1]);
    close(fused.gradient.flat(), [1, -1, 0], 1e-7);
    const clipped = run(core, codes.SPARSE_CROSSENTROPY, [[1, 0, 0]], [1]);
    expect(clipped.values[0]).toBeCloseTo(16.118095, 5);
    expect(clipped.gradient).toEqual([[0, 0, 0]]);
    expect(run(core, codes.CATEGORICAL_CROSSENTROPY, [[1, 0, 0]], [[0, 1, 0]]).gradient).toEqual([[0, 0, 0]]);
    expect(run(core, codes.BINARY_CROSSENTROPY, [[1, 0]], [[0, 1]]).gradient).toEqual([[0, 0]]);
  });

  test('a row of zeros counts as equal probabilities, without a gradient; other rows are what they were', () => {
    for (const cols of [2, 3, 4, 5, 10]) {
      const zeros = new Array(cols).fill(0);
      const other = zeros.map((_, i) => i + 1);
      const options = { weights: [2, 3], scale: 0.5, parameter: 0.25 };
      const label = cols - 1;
      const hot = reference.oneHot(label, cols);
      for (const [kind, targets, smoothing] of [
        [codes.SPARSE_CROSSENTROPY, [label, label], 0],
        [codes.CATEGORICAL_CROSSENTROPY, [hot, hot], 0.25],
      ] as const) {
        const { values, gradient } = run(core, kind, [zeros, other], targets, options);
        const want = reference.crossentropy(other, hot, smoothing);
        close(values, [Math.log(cols), want.value], 1e-6);
        close(gradient.flat(), [...zeros, ...want.gradient.map((g) => g * 1.5)], 1e-6);
      }
    }
    expect(run(core, codes.SPARSE_CROSSENTROPY, [[0, 0]], [7])).toMatchObject({
      values: [NaN],
      gradient: [[NaN, NaN]],
    });
    expect(run(core, codes.SPARSE_CROSSENTROPY, [[0, 0]], [7], { ignoreClass: 7 })).toMatchObject({
      values: [0],
      gradient: [[0, 0]],
    });
  });

  test('targets need not add up to one', () => {
    const z = [0.5, -1, 2, 0.25, 1];
    const y = [2, 0.5, 0, 1, 0];
    for (const [kind, want] of [
      [codes.CATEGORICAL_CROSSENTROPY_LOGITS, reference.crossentropyLogits(z, y)],
      [codes.CATEGORICAL_CROSSENTROPY, reference.crossentropy(z.map(Math.exp), y)],
    ] as const) {
      const got = run(core, kind, [kind === codes.CATEGORICAL_CROSSENTROPY ? z.map(Math.exp) : z], [y]);
      close(got.values, [want.value], 1e-6);
      close(got.gradient.flat(), want.gradient, 1e-6);
    }
  });

  test('a probability on a bound of the clip has no gradient', () => {
    const got = run(core, codes.BINARY_CROSSENTROPY, [[Math.fround(1e-7), 1 - 2 ** -23, 2e-7]], [[1, 0, 1]]);
    expect(got.gradient[0]).toMatchObject({ 0: 0, 1: 0 });
    expect(got.gradient[0]?.[2]).toBeLessThan(-1e6);
  });

  test('probabilities are held to the float32 bounds of Keras', () => {
    const { values } = run(core, codes.BINARY_CROSSENTROPY, [[1], [0], [1], [0]], [[0], [1], [1], [0]]);
    close(values, [23 * Math.LN2, 16.118095651, 2 ** -23, 1e-7], 2e-7);
    expect(run(core, codes.SPARSE_CROSSENTROPY, [[1, 0]], [0]).values[0]).toBeCloseTo(2 ** -23, 12);
  });

  test('no gradient is a denormal', () => {
    const row = Array.from({ length: 200 }, (_, c) => -c);
    for (const [kind, targets] of [
      [codes.SPARSE_CROSSENTROPY_LOGITS, [3]],
      [codes.CATEGORICAL_CROSSENTROPY_LOGITS, [reference.oneHot(3, 200)]],
      [codes.BINARY_CROSSENTROPY_LOGITS, [row.map(() => 0)]],
      [codes.MEAN_SQUARED_ERROR, [row.map((z) => z + 1e-20)]],
    ] as const) {
      const got = run(core, kind, [row], targets, { scale: 1e-20, probabilities: true });
      for (const g of got.gradient.flat()) expect(g === 0 || Math.abs(g) >= 2 ** -100).toBe(true);
      if (kind < codes.MEAN_SQUARED_ERROR)
        for (const p of got.probabilities.flat()) expect(p === 0 || p >= 2 ** -126).toBe(true);
    }
  });

  test('rows of the ignored class count for nothing, but keep their probabilities', () => {
    for (const kind of [codes.SPARSE_CROSSENTROPY, codes.SPARSE_CROSSENTROPY_LOGITS]) {
      for (const ignoreClass of [-1, 1]) {
        const rows = [
          [0.2, 0.5, 0.3],
          [0.1, 0.1, 0.8],
        ];
        const got = run(core, kind, rows, [ignoreClass, 2], { ignoreClass, probabilities: true });
        expect(got.values[0]).toBe(0);
        for (const g of got.gradient[0] as number[]) expect(Math.abs(g)).toBe(0);
        expect(got.values[1]).toBeGreaterThan(0);
        if (kind === codes.SPARSE_CROSSENTROPY_LOGITS)
          expect(got.probabilities[0]).toEqual(fround.softmax((rows[0] as number[]).map(Math.fround)));
      }
    }
  });

  test('a label that is no class gives a row of NaN and touches no other', () => {
    for (const kind of [codes.SPARSE_CROSSENTROPY, codes.SPARSE_CROSSENTROPY_LOGITS]) {
      const rows = [
        [0.2, 0.5, 0.3],
        [0.1, 0.1, 0.8],
        [0.3, 0.3, 0.4],
      ];
      for (const label of [-1, 3, 2147483647]) {
        const got = run(core, kind, rows, [0, label, 2]);
        const good = run(core, kind, rows, [0, 1, 2]);
        expect(got.values[1]).toBeNaN();
        for (const g of got.gradient[1] as number[]) expect(g).toBeNaN();
        for (const r of [0, 2]) {
          expect(got.values[r]).toBe(good.values[r]);
          expect(got.gradient[r]).toEqual(good.gradient[r]);
        }
      }
    }
  });

  test.each(kinds)('$name: a NaN among the predictions shows in value and gradient', (kind) => {
    const { predictions, targets } = example(kind, 2, 5);
    (predictions[0] as number[])[1] = NaN;
    const got = run(core, kind.kind, predictions, targets, { parameter: kind.parameter });
    expect(got.values[0]).toBeNaN();
    expect((got.gradient[0] as number[])[1]).toBeNaN();
    expect(got.values[1]).not.toBeNaN();
  });

  test('equal predictions and targets have no absolute error and no slope', () => {
    const got = run(core, codes.MEAN_ABSOLUTE_ERROR, [[1, 2, 3]], [[1, 2.5, 2.5]]);
    expect(got.gradient).toEqual([[0, Math.fround(-1 / 3), Math.fround(1 / 3)]]);
  });

  function accuracy(kind: number, rows: readonly Row[], targets: Row | readonly Row[], threshold = 0.5): number[] {
    const values = core.f32(rows.length);
    const predictions = core.f32(rows.flat());
    const y = kind === codes.SPARSE_ACCURACY ? core.i32(targets as Row) : core.f32(targets.flat());
    core.x.accuracy(kind, values.ptr, predictions.ptr, y.ptr, rows.length, (rows[0] as Row).length, threshold);
    const copy = Array.from(values.view);
    core.reset();
    return copy;
  }

  test('accuracy takes the first of equal classes and counts binary answers by column', () => {
    const rows = [
      [0.1, 0.7, 0.2],
      [0.4, 0.4, 0.2],
      [0.4, 0.4, 0.2],
      [-3, -2, -1],
    ];
    expect(accuracy(codes.SPARSE_ACCURACY, rows, [1, 0, 1, 2])).toEqual([1, 1, 0, 1]);
    const hot = [
      [0, 1, 0],
      [0.5, 0.5, 0],
      [0, 1, 0],
      [1, 0, 0],
    ];
    expect(accuracy(codes.CATEGORICAL_ACCURACY, rows, hot)).toEqual([1, 1, 0, 0]);
    const bits = [
      [0.6, 0.5],
      [0.2, 0.9],
      [0.5, 0.5001],
    ];
    expect(
      accuracy(codes.BINARY_ACCURACY, bits, [
        [1, 0],
        [1, 1],
        [1, 0],
      ]),
    ).toEqual([1, 0.5, 0]);
    expect(accuracy(codes.BINARY_ACCURACY, [[0.6], [0.8]], [[0], [1]], 0.7)).toEqual([1, 1]);
    expect(accuracy(codes.SPARSE_ACCURACY, [[5]], [0])).toEqual([1]);
  });
});
