import { describe, expect, it } from 'vitest';
import { display } from '../../src/cli/progress.ts';

/** Keeps what is written; a terminal of 120 columns or a pipe. */
function stream(isTTY: boolean, columns = 120) {
  let text = '';
  const written = {
    isTTY,
    columns,
    write(part: string) {
      text += part;
      return true;
    },
    // what node:readline wants of a terminal
    on: () => written,
  };
  return { stream: written as unknown as NodeJS.WriteStream, text: () => text };
}
const progress = { phase: 'train', epoch: 1, epochs: 15, step: 500, steps: 2000, rows: 16000, seconds: 2 } as const;
const logs = { accuracy: 0.8, loss: Number.NaN };

describe('progress', () => {
  it('on a terminal is a bar with the time left, the speed, loss and accuracy, and gives the cursor back', () => {
    const { stream: out, text } = stream(true);
    const shown = display(out, {});
    shown.training('adam', 15).onProgress?.({ ...progress, logs });
    shown.stop();
    expect(text()).toContain('\x1b[?25l');
    expect(text()).toContain('\x1b[1madam\x1b[0m epoch  2/15  ETA 6 s  8,000 samples/s  loss NaN  accuracy 0.8000');
    expect(text()).toContain(`${'█'.repeat(6)}\x1b[0m${'░'.repeat(18)}`);
    expect(text().lastIndexOf('\x1b[?25h')).toBeGreaterThan(text().lastIndexOf('\x1b[?25l'));
  });

  it('has no colour where NO_COLOR is set', () => {
    const { stream: out, text } = stream(true);
    const shown = display(out, { NO_COLOR: '1' });
    shown.training('adam', 15).onProgress?.({ ...progress, logs });
    shown.stop();
    expect(text()).toContain('adam epoch  2/15');
    expect(text()).not.toMatch(/\[\d+m/);
  });

  it('in a pipe or on a dumb terminal is one line for each finished epoch', () => {
    for (const [out, env] of [
      [stream(false), {}],
      [stream(true), { TERM: 'dumb' }],
    ] as const) {
      const shown = display(out.stream, env);
      const callback = shown.training('adam', 15);
      callback.onEpochBegin?.(1, {});
      callback.onProgress?.({ ...progress, logs });
      callback.onEpochEnd?.(1, { ...logs, loss: 0.5, val_accuracy: 0.75, val_loss: 0.625 });
      shown.stop();
      expect(out.text()).toMatch(
        /^adam epoch {2}2\/15 {2}loss 0\.5000 {2}accuracy 0\.8000 {2}val_loss 0\.6250 {2}val_accuracy 0\.7500 {2}\d\.\d s\n$/,
      );
    }
  });

  it.each([
    [120, 'loss 0.5000  accuracy 0.8000  val_loss 0.6250  val_accuracy 0.7500  0.0 s'],
    [80, 'loss 0.5000  val_loss 0.6250  val_accuracy 0.7500  0.0 s'],
    [68, 'val_loss 0.6250  val_accuracy 0.7500  0.0 s'],
    [50, 'val_accuracy 0.7500  0.0 s'],
    [40, 'val_accuracy 0.7500'],
  ])('in a terminal of %i columns an epoch is one line that fits', (columns, says) => {
    const { stream: out, text } = stream(true, columns);
    const callback = display(out, { NO_COLOR: '1' }).training('momentum', 15);
    callback.onEpochBegin?.(1, {});
    callback.onEpochEnd?.(1, { loss: 0.5, accuracy: 0.8, val_accuracy: 0.75, val_loss: 0.625 });
    const line = text().trimEnd();
    expect(line).toMatch(/^momentum (epoch )? 2\/15 {2}/);
    expect(line.endsWith(says)).toBe(true);
    expect(line.length).toBeLessThanOrEqual(columns);
  });

  it('tells of a download once in a pipe', () => {
    const { stream: out, text } = stream(false);
    const shown = display(out, {});
    for (const received of [1, 2, 3]) shown.data({ file: 'labels', source: 'https://m/', received, total: 3 });
    expect(text()).toBe('getting labels from https://m/\n');
  });
});
