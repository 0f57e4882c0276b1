/** `verbose` of fit and callbacks.progress(): a bar on a terminal, else a line for each epoch. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Callback, callbacks, type FitOptions } from '../../src/index.ts';
import { classifier, errorOf, floats, labels } from '../helpers.ts';
import { connected } from '../worker/connected.ts';

const [x, y] = [floats([40, 4], 1), labels(40, 3, 2)];
let lines: string[] = [];
let written = '';
const terminal = { isTTY: process.stdout.isTTY, columns: process.stdout.columns };

beforeEach(() => {
  [lines, written] = [[], ''];
  vi.spyOn(console, 'log').mockImplementation((text: string) => void lines.push(text));
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written += String(text);
    return true;
  });
  vi.stubEnv('TERM', 'xterm');
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  Object.assign(process.stdout, terminal);
});

async function train(options: FitOptions, isTTY = false, columns = 200) {
  Object.assign(process.stdout, { isTTY, columns });
  using model = classifier();
  model.compile({ optimizer: 'sgd', loss: 'crossentropy', metrics: ['accuracy'] });
  return await model.fit(x, y, { batchSize: 8, ...options });
}

const LINE =
  /^Epoch (\d)\/2 - 4\/4 - [\d.]+(us|ms|s) - [\d.]+(us|ms|s)\/step - accuracy: 0\.\d{4} - loss: \d\.\d{4} - val_accuracy: 0\.\d{4} - val_loss: \d\.\d{4}$/;
const two = { epochs: 2, validationSplit: 0.2 };

test('nothing is printed by default, or with verbose 0', async () => {
  await train(two, true);
  await train({ ...two, verbose: 0 }, true);
  expect([lines, written]).toEqual([[], '']);
});

describe.each([
  ['verbose 2', { ...two, verbose: 2 }, true],
  ['verbose 1 in a pipe', { ...two, verbose: 1 }, false],
  ['callbacks.progress() in a pipe', { ...two, callbacks: [callbacks.progress()] }, false],
  ['callbacks.progress({ verbose: 2 })', { ...two, callbacks: [callbacks.progress({ verbose: 2 })] }, true],
] as const)('%s', (_title, options, isTTY) => {
  test('prints a line for each epoch', async () => {
    const { history } = await train(options, isTTY);
    expect(written).toBe('');
    expect(lines.map((line) => LINE.exec(line)?.[1])).toEqual(['1', '2']);
    expect(lines[1]).toContain(`loss: ${history.loss?.[1]?.toFixed(4)} `);
  });
});

describe.each([
  ['verbose 1', { ...two, verbose: 1 }],
  ['callbacks.progress()', { ...two, callbacks: [callbacks.progress()] }],
] as const)('%s on a terminal', (_title, options) => {
  test('draws a bar in one line, which becomes the line of the epoch', async () => {
    await train(options, true);
    expect(lines).toEqual([]);
    const shown = written.split('\n');
    expect(shown).toHaveLength(3);
    expect(shown[2]).toBe('');
    for (const drawn of shown.slice(0, 2)) {
      const states = drawn.replaceAll('\x1b[K', '').split('\r').slice(1);
      expect(states[0]).toMatch(/^Epoch \d\/2 [█░]{20} - \d\/4 - ETA /);
      expect(states.at(-1)).toMatch(LINE);
    }
  });

  test('that is narrow cuts the bar, and a dumb one gets lines', async () => {
    await train(options, true, 30);
    for (const state of written.split(/\r|\n/)) if (state.includes('█')) expect(state.length).toBeLessThan(30 + 3);
    vi.stubEnv('TERM', 'dumb');
    written = '';
    await train(options, true);
    expect([lines.length, written]).toEqual([2, '']);
  });
});

test('the line has what callbacks before it add to the logs; small values have an exponent', async () => {
  const add: Callback = { onEpochEnd: (_epoch, logs) => void Object.assign(logs, { tiny: 1.5e-7, nothing: 0 }) };
  await train({ callbacks: [add], verbose: 2 });
  expect(lines[0]).toMatch(/ - nothing: 0\.0000 - tiny: 1\.5000e-7$/);
});

test('a training that fails ends the line of its bar', async () => {
  const fail: Callback = {
    onEpochEnd() {
      throw new Error('enough');
    },
  };
  await errorOf(() => train({ verbose: 1, callbacks: [fail] }, true));
  expect(written.slice(-4)).toBe('\x1b[K\n');
});

test('wrong kinds of verbose are refused', async () => {
  for (const verbose of [0, 3, 1.5]) expect(() => callbacks.progress({ verbose: verbose as 1 })).toThrow(RangeError);
  expect(() => callbacks.progress({ verbose: true as never })).toThrow(TypeError);
});

describe('for a model in a worker', () => {
  test.each([
    ['verbose', { ...two, verbose: 1 as const }],
    ['callbacks.progress()', { ...two, callbacks: [callbacks.progress()] }],
  ])('%s shows it on this side', async (_title, options) => {
    Object.assign(process.stdout, { isTTY: true, columns: 200 });
    const client = await connected();
    const model = await client.sequential(classifier().layers);
    await model.compile({ optimizer: 'sgd', loss: 'crossentropy', metrics: ['accuracy'] });
    await model.fit(x, y, { batchSize: 8, ...options });
    expect(written.split('\n').map((line) => LINE.test(line.split('\r').at(-1)?.replace('\x1b[K', '') ?? ''))).toEqual([
      true,
      true,
      false,
    ]);
    client.dispose();
  });
});
