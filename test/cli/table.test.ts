import { describe, expect, it } from 'vitest';
import { resultTable } from '../../src/cli/table.ts';

const row = {
  ...{ optimizer: 'momentum', epochs: 15, steps: 28_125, seconds: 30.4, msPerStep: 1.011, digest: 'ab'.repeat(32) },
  ...{ loss: 0.2035, accuracy: 0.9231, val_loss: 0.332, val_accuracy: 0.8864 },
};

describe('the table of results', () => {
  it('has every column where there is room', () => {
    const [head] = resultTable([row]).split('\n');
    expect(head?.trim().split(/ +/)).toEqual([
      ...['optimizer', 'loss', 'accuracy', 'val_loss', 'val_accuracy', 'seconds', 'ms/step', 'digest'],
    ]);
  });

  it.each([80, 60, 40, 30])('leaves columns out so that it fits into %i, the validation accuracy last', (width) => {
    const lines = resultTable([row, { ...row, optimizer: 'nesterov' }], width).split('\n');
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
    expect(lines[0]).toMatch(/^optimizer.* val_accuracy/);
    expect(lines[1]).toMatch(/^momentum .*0\.8864/);
  });
});
