// What a program waits for before it trains: processes that begin, import the library and do one step. Node only.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { round, summary } from './harness.js';

export const name = 'start';

const script = fileURLToPath(new URL('first-step.js', import.meta.url));

export async function run(harness) {
  const title = 'from nothing to the first step, 784-300-100-10, Adam, batch 32: new processes';
  if (!harness.wants(title)) return;
  harness.onCase(title);
  const processes = Array.from({ length: harness.quick ? 5 : 41 }, () =>
    JSON.parse(execFileSync(process.execPath, [script], { encoding: 'utf8' })),
  );
  const row = (label, key) => {
    const { min, median, spread } = summary(processes.map((one) => one[key]));
    return { case: label, 'best ms': round(min, 1), 'median ms': round(median, 1), 'spread %': round(spread, 1) };
  };
  harness.show(title, [
    row('import', 'imported'),
    row('model, compile and the first step', 'trained'),
    row('together', 'together'),
  ]);
}
