// Runs the benchmarks of kernels, optimizers and steps in this browser, the same cases as in Node, and shows each table when it is done.
import { moduleOf, parseCodes, SHARED } from '../core.js';
import { Harness } from '../harness.js';
import * as kernels from '../kernels.bench.js';
import * as optimizers from '../optimizers.bench.js';
import * as step from '../step.bench.js';

const element = (name, ...children) => {
  const made = document.createElement(name);
  made.append(...children);
  return made;
};
const status = document.querySelector('#status');
const browser = navigator.userAgent.match(/(?:Firefox|Edg|Chrome|Version)\/\d+/)?.[0] ?? navigator.userAgent;
const machine = {
  browser: browser.replace('Version', 'Safari'),
  platform: navigator.userAgentData?.platform ?? navigator.platform,
  cores: navigator.hardwareConcurrency,
  isolated: crossOriginIsolated,
  date: new Date().toISOString(),
};

function show({ title, rows }) {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cells = (name, values) => element('tr', ...values.map((value) => element(name, String(value ?? ''))));
  const head = element('thead', cells('th', ['', ...columns.slice(1)]));
  const body = element(
    'tbody',
    ...rows.map((row) =>
      cells(
        'td',
        columns.map((column) => row[column]),
      ),
    ),
  );
  const scroll = element('div', element('table', head, body));
  scroll.className = 'scroll';
  document.querySelector('#tables').append(element('h2', title), scroll);
}

const query = new URLSearchParams(location.search);
const harness = new Harness({
  quick: query.has('quick'),
  only: query.get('only') ?? '',
  onTable: show,
  onCase: (label) => {
    status.textContent = label;
  },
});

try {
  document.querySelector('#machine').textContent =
    `${machine.browser}, ${machine.platform}, ${machine.cores} cores, ` +
    `${machine.isolated ? 'cross-origin isolated' : 'not cross-origin isolated: the clock is coarse'}; ${harness.method}`;
  const built = async (name) => moduleOf(await (await fetch(`/build/${name}.wasm`)).arrayBuffer());
  const [module, relaxed] = [await built('release'), await built('relaxed')];
  const texts = SHARED.map(async (file) => (await fetch(`/${file}`)).text());
  const codes = parseCodes((await Promise.all(texts)).join());
  const start = performance.now();
  for (const group of [kernels, optimizers, step]) {
    // yields to the page, which shows nothing while a case runs
    await new Promise((done) => setTimeout(done, 50));
    await group.run(harness, { module, relaxed, codes });
  }
  const seconds = Math.round((performance.now() - start) / 1000);
  const report = { machine, quick: harness.quick, method: harness.method, seconds, tables: harness.tables };
  await fetch('/results', { method: 'POST', body: JSON.stringify(report) });
  status.textContent = `Done in ${seconds} s.`;
} catch (error) {
  status.textContent = `Failed: ${error.message}`;
  throw error;
}
