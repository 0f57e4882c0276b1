// The comparison with jax-js in a browser: on a cross-origin isolated page, where both use threads, and on one that is not.
// Options: --browser PATH (Chromium), --rounds N (7), --quick, --task TEXT, --json FILE.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { round } from '../harness.js';
import { describe, machine } from '../machine.js';
import { launch } from '../web/launch.js';
import { serve } from '../web/server.js';

const { values } = parseArgs({
  options: {
    browser: { type: 'string' },
    rounds: { type: 'string', default: '7' },
    quick: { type: 'boolean', default: false },
    task: { type: 'string', default: '' },
    json: { type: 'string', default: fileURLToPath(new URL('../results/peers-browser.json', import.meta.url)) },
  },
});
const on = machine();
const browser = await launch('chromium', values.browser);
const reports = [];
try {
  console.log(`${describe(on)}; ${await browser.version()}`);
  for (const isolated of [true, false]) {
    const server = await serve({ home: 'bench/peers/web/index.html', isolated });
    const page = await browser.newPage();
    const query = new URLSearchParams({ rounds: values.rounds, task: values.task, ...(values.quick && { quick: '' }) });
    await page.goto(`http://localhost:${server.address().port}/?${query}`);
    await page.waitForFunction('window.report !== undefined', { timeout: 600_000 });
    const report = await page.evaluate('window.report');
    await page.close();
    server.close();
    if (report.error) throw new Error(report.error);
    reports.push(report);
    for (const { name, rows } of report.tasks) {
      console.log(`\n${name}, ${isolated ? 'cross-origin isolated' : 'not isolated'}`);
      const shown = rows.map(({ peer, best, median, ratio }) => [
        peer,
        {
          'best ms': round(best, 3),
          'median ms': round(median, 3),
          'jax-js takes so many times that': round(ratio, 2),
        },
      ]);
      console.table(Object.fromEntries(shown));
    }
  }
} finally {
  await browser.close();
}
mkdirSync(dirname(values.json), { recursive: true });
writeFileSync(values.json, `${JSON.stringify({ machine: on, reports }, null, 1)}\n`);
