// The benchmark page: `node bench/web/serve.js [port]`. Its results go to bench/results/web.json.
// With --engines it compares Node, Chromium and Firefox instead, see engines.js.
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { serve } from './server.js';

const results = fileURLToPath(new URL('../results', import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    engines: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '9' },
    json: { type: 'string', default: `${results}/engines.json` },
  },
});
if (values.engines) {
  const { compareEngines } = await import('./engines.js');
  await compareEngines({ rounds: Number(values.rounds), json: values.json });
  process.exit();
}

const port = Number(positionals[0] ?? 8784);
await serve({
  port,
  home: 'bench/web/index.html',
  onReport: (report) => {
    mkdirSync(results, { recursive: true });
    writeFileSync(`${results}/web.json`, `${JSON.stringify(report, null, 1)}\n`);
    console.log(`${report.machine.browser}: written to ${results}/web.json`);
  },
});
console.log(`http://localhost:${port}/          a few minutes`);
console.log(`http://localhost:${port}/?quick    under a minute; &only=gemm for some of it`);
