/** Matrices, reports and scalers with the numbers of scikit-learn. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { classificationReport, confusionMatrix, minMax, standardize } from '../../src/data/index.ts';

interface Expected {
  readonly precision: number;
  readonly recall: number;
  readonly 'f1-score': number;
  readonly support: number;
}
interface Case {
  readonly classes: number;
  readonly truth: number[];
  readonly predicted: number[];
  readonly weight: number[] | null;
  readonly matrix: number[][];
  readonly accuracy: number;
  readonly report: Readonly<Record<string, Expected>>;
}
const { reports, scalers } = JSON.parse(
  readFileSync(new URL('../reference/evaluation.json', import.meta.url), 'utf8'),
) as {
  reports: Case[];
  scalers: { x: number[][]; other: number[][]; scaled: Record<string, number[][]> };
};

describe.each(reports)('$classes classes', ({ classes, truth, predicted, weight, matrix, accuracy, report }) => {
  const options = { classes: Array.from({ length: classes }, (_, i) => i), ...(weight && { sampleWeight: weight }) };

  it('have the confusion matrix of scikit-learn', () => {
    const { counts } = confusionMatrix(truth, predicted, options);
    for (const [i, row] of matrix.entries())
      for (const [j, count] of row.entries()) expect(counts[i]?.[j]).toBeCloseTo(count, 10);
  });

  it('have the report of scikit-learn', () => {
    const got = classificationReport(truth, predicted, options);
    expect(got.accuracy).toBeCloseTo(accuracy, 12);
    const named = {
      ...Object.fromEntries(got.classes.map((one) => [one.name, one])),
      'macro avg': got.macro,
      'weighted avg': got.weighted,
    };
    for (const [name, one] of Object.entries(named)) {
      const {
        precision,
        recall,
        'f1-score': f1,
        support,
      } = report[name] ?? { precision: -1, recall: -1, 'f1-score': -1, support: -1 };
      for (const [key, value] of Object.entries({ precision, recall, f1, support }))
        expect(one[key as 'f1'], `${name} ${key}`).toBeCloseTo(value, 10);
    }
  });
});

describe('confusionMatrix and classificationReport', () => {
  it('take texts, and are tables when printed', () => {
    const [truth, predicted] = [
      ['cat', 'dog', 'dog'],
      ['cat', 'cat', 'dog'],
    ];
    expect(String(confusionMatrix(truth, predicted))).toBe('     cat  dog\ncat    1    0\ndog    1    1');
    const lines = String(classificationReport(truth, predicted)).split('\n');
    expect(lines[1]?.split(/\s+/)).toEqual(['cat', '0.50', '1.00', '0.67', '1']);
    expect(lines[3]?.split(/\s+/)).toEqual(['accuracy', '0.67', '3']);
  });

  it('refuse what does not fit', () => {
    expect(() => confusionMatrix(['a'], [])).toThrow(/0 for 1/);
    expect(() => confusionMatrix<string>(['a'], ['b'], { classes: ['a'] })).toThrow(/yPred\[0\]: 'b'/);
    expect(() => confusionMatrix([1], [1], { sampleWeight: [1, 2] })).toThrow(/\[1\]/);
    expect(() => classificationReport([1], [1], { labels: [1] } as object)).toThrow(RangeError);
  });
});

it.each(Object.entries(scalers.scaled))('%s scales as scikit-learn does', (name, expected) => {
  const { x, other } = scalers;
  const scaler = name === 'standardize' ? standardize(x) : minMax(x, name === 'minMax' ? {} : { range: [-1, 2] });
  const { data } = scaler.apply(other);
  for (const [i, value] of expected.flat().entries())
    expect(Math.abs((data[i] ?? 0) - value)).toBeLessThanOrEqual(1.2e-7 * Math.abs(value) + 1e-12);
});
