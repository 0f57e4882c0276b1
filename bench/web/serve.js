// The benchmark page: `node bench/web/serve.js [port]`. What it measured comes back and is kept in bench/results/web.json.
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { serve } from './server.js';

const port = Number(process.argv[2] ?? 8784);
const results = fileURLToPath(new URL('../results', import.meta.url));

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
