// The time before training begins: new processes that import the library and do one step. Node only.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { round, summary } from './harness.js';

export const name = 'start';

const script = fileURLToPath(new URL('first-step.js', import.meta.url));

export async function run(harness) {
  let processes;
  const times = (of) => () => {
    processes ??= Array.from({ length: harness.quick ? 5 : 41 }, () =>
      JSON.parse(execFileSync(process.execPath, [script], { encoding: 'utf8' })),
    );
    return summary(processes.map(of));
  };
  await harness.table(
    'from nothing to the first step, 784-300-100-10, Adam, batch 32: new processes',
    [
      { name: 'import', measure: times(({ imported }) => imported) },
      { name: 'model, compile and the first step', measure: times(({ trained }) => trained) },
      { name: 'together', measure: times(({ imported, trained }) => imported + trained) },
    ],
    ({ min, median }) => ({ 'best ms': round(min, 1), 'median ms': round(median, 1) }),
  );
}
