/**
 * `node count.js files FIRST` prints the files of tests that failed; `node count.js all FIRST SECOND STATUS` what both tries came to, and last
 * `N passed, N failed`. STATUS is how the first try ended.
 */
import { existsSync, readFileSync } from 'node:fs';

const [what, first, second, status] = process.argv.slice(2);
// without a report, install, build or checks failed
const read = (name) => (existsSync(name) ? JSON.parse(readFileSync(name, 'utf8')) : undefined);
const tried = read(first);

if (what === 'files') {
  for (const { file, ok } of tried?.files ?? []) if (!ok) console.log(file);
} else {
  const again = new Map(read(second)?.files.map((one) => [one.file, one]));
  let [passed, failed] = [0, 0];
  for (const one of tried?.files ?? []) {
    const last = (!one.ok && again.get(one.file)) || one;
    passed += last.passed;
    // a file that does not load has no tests to count, and is a failure all the same
    failed += last.ok ? 0 : Math.max(1, last.failed.length);
    if (!one.ok && last.ok)
      console.log(`passed only when tried again: ${one.file}: ${one.failed.join('; ') || 'loading'}`);
  }
  // errors outside of tests belong to no file that could be tried again
  failed += (tried?.errors ?? 0) + (read(second)?.errors ?? 0);
  if (failed === 0 && (!tried || (status !== '0' && again.size === 0))) failed = 1;
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
}
