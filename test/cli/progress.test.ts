import { describe, expect, it } from 'vitest';
import { Estimate } from '../../src/cli/estimate.ts';
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
const course = { number: 1, of: 1, first: 0, epochs: 15 };

describe('progress', () => {
  it('on a terminal is a bar with the time left, the speed, loss and accuracy, and gives the cursor back', () => {
    const { stream: out, text } = stream(true);
    const shown = display(out, { TERM: 'xterm' });
    const callback = shown.training('adam', course);
    callback.onEpochBegin?.(1, {});
    callback.onProgress?.({ ...progress, logs });
    shown.stop();
    expect(text()).toContain('\x1b[?25l');
    expect(text()).toContain('\x1b[1madam\x1b[0m epoch  2/15  ETA 0 s  loss NaN  accuracy 0.8000  8,000 samples/s');
    expect(text()).toContain(`${'█'.repeat(6)}\x1b[0m${'░'.repeat(18)}`);
    expect(text().lastIndexOf('\x1b[?25h')).toBeGreaterThan(text().lastIndexOf('\x1b[?25l'));
  });

  it.each([
    [true, {}, true],
    [true, { NO_COLOR: '1' }, false],
    [true, { NO_COLOR: '' }, true],
    [true, { FORCE_COLOR: '0' }, false],
    [true, { FORCE_COLOR: 'false' }, false],
    [true, { TERM: 'dumb' }, false],
    [true, { TERM: '' }, false],
    [false, {}, false],
    [false, { FORCE_COLOR: '1' }, true],
    [false, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
  ])('on a terminal (%s) with %o is coloured: %s', (terminal, env, coloured) => {
    const { stream: out, text } = stream(terminal);
    const callback = display(out, { TERM: 'xterm', ...env }).training('adam', course);
    callback.onEpochBegin?.(1, {});
    callback.onEpochEnd?.(1, { loss: 0.5 });
    expect(text()).toContain('epoch  2/15');
    expect(text().includes('\x1b[1m')).toBe(coloured);
  });

  it.each([20, 30, 40, 60, 80, 100, 120, 200])('on a terminal of %i columns is one line that fits', (columns) => {
    const { stream: out, text } = stream(true, columns);
    const shown = display(out, { NO_COLOR: '1' });
    const callback = shown.training('momentum', { ...course, number: 2, of: 7 });
    callback.onEpochBegin?.(1, {});
    for (const phase of ['train', 'validate'] as const)
      callback.onProgress?.({ ...progress, phase, logs: { loss: 0.5, accuracy: 0.8 } });
    shown.data({ file: 'labels', source: 'https://a.server/of/images/', received: 1e6, total: 3e6 });
    shown.stop();
    const lines = text()
      .split('\x1b')
      .map((one) => one.replace(/^(\[[?\d]*\w|\d)/, '').replace('\n', ''))
      .filter((one) => one.includes('░'));
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
    expect(text()).toContain('[2/7]');
  });

  it('in a pipe or on a dumb terminal is one line for each finished epoch', () => {
    for (const [out, env] of [
      [stream(false), {}],
      [stream(true), { TERM: 'dumb' }],
      [stream(true), { TERM: '' }],
    ] as const) {
      const shown = display(out.stream, env);
      const callback = shown.training('adam', course);
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
    [72, 'loss 0.5000  val_loss 0.6250  val_accuracy 0.7500  0.0 s'],
    [40, 'val_accuracy 0.7500'],
  ])('in a terminal of %i columns an epoch is one line that fits', (columns, says) => {
    const { stream: out, text } = stream(true, columns);
    const callback = display(out, { NO_COLOR: '1' }).training('momentum', course);
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

describe('the estimate of the time left', () => {
  it('is of all epochs of all optimizers', () => {
    let now = 100;
    const estimate = new Estimate(() => now);
    const course = { number: 2, of: 7, first: 0, epochs: 15 };
    estimate.begin();
    expect(estimate.left(course, 0, 0)).toBeUndefined();
    now += 2;
    // a quarter of the first epoch took 2 seconds: 6 more, then 14 + 5 * 15 epochs of 8
    expect(estimate.left(course, 0, 0.25)).toBeCloseTo(6 + 89 * 8, 9);
    now += 8;
    expect(estimate.end()).toBeCloseTo(10, 9);
    estimate.begin();
    now += 4;
    expect(estimate.left(course, 1, 0.9)).toBeCloseTo(6 + 88 * 10, 9);
    expect(estimate.left({ ...course, number: 7 }, 14, 0.9)).toBeCloseTo(6, 9);
    now += 60;
    expect(estimate.left({ ...course, number: 7 }, 14, 0.9)).toBe(0);
  });

  it('counts what a resumed training has still to do', () => {
    let now = 0;
    const estimate = new Estimate(() => now);
    estimate.begin();
    now = 3;
    expect(estimate.left({ number: 1, of: 1, first: 10, epochs: 12 }, 10, 0.5)).toBeCloseTo(3 + 6, 9);
  });
});
