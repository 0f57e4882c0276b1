// Training steps in Node, Chromium and Firefox, in turns (A B C A B C ...), so that other work on the machine affects all of them:
// `npm run bench:web -- --engines`, with --rounds N (9), --json FILE. A turn lasts 250 ms, after 1.5 s of warming up.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { summary } from '../harness.js';
import { describe, machine } from '../machine.js';
import { launch } from './launch.js';
import { serve } from './server.js';
import { open } from './turns.js';

const [WARM_UP, TURN] = [1500, 250];

/** An engine that takes turns: `turn(case, milliseconds)`. */
async function inNode() {
  const { cases, close } = await open();
  const digests = Object.fromEntries(Object.entries(cases).map(([name, { digest }]) => [name, digest]));
  return {
    name: `Node ${process.versions.node.split('.')[0]}`,
    digests,
    turn: (name, ms) => cases[name].turn(ms),
    close,
  };
}

async function inBrowser(browserName, port) {
  const browser = await launch(browserName);
  const page = await browser.newPage();
  await page.goto(`http://localhost:${port}/`);
  const digests = await page.evaluate(async () => {
    const { cases } = await globalThis.opened;
    return Object.fromEntries(Object.entries(cases).map(([name, { digest }]) => [name, digest]));
  });
  const turn = async (name, ms) => (await globalThis.opened).cases[name].turn(ms);
  const version = /\d+/.exec(await browser.version())?.[0];
  return {
    name: `${browserName === 'chromium' ? 'Chromium' : 'Firefox'} ${version}`,
    digests,
    turn: (name, ms) => page.evaluate(turn, name, ms),
    close: () => browser.close(),
  };
}

export async function compareEngines({ rounds, json }) {
  const on = machine();
  const server = await serve({ home: 'bench/web/turns.html' });
  const engines = [];
  const tables = [];
  try {
    engines.push(await inNode());
    for (const name of ['chromium', 'firefox']) engines.push(await inBrowser(name, server.address().port));
    const [node, ...browsers] = engines;
    console.log(
      `${describe(on)}; one thread, batch 32, ${rounds} rounds of ${TURN} ms after ${WARM_UP} ms of warming up; best / median`,
    );
    const rows = [];
    for (const [name, digest] of Object.entries(node.digests)) {
      for (const other of browsers)
        if (other.digests[name] !== digest) throw new Error(`${name}: the digest of ${other.name} differs from Node's`);
      for (const engine of engines) await engine.turn(name, WARM_UP);
      const turns = engines.map(() => []);
      for (let i = 0; i < rounds; i++)
        for (const [j, engine] of engines.entries()) turns[j].push(await engine.turn(name, TURN));
      const all = turns.map((rounds) => summary(rounds.flat()));
      const medians = turns.map((rounds) => rounds.map((times) => summary(times).median));
      const overNode = (j) => {
        const ratio = summary(medians[j].map((ms, round) => ms / medians[0][round])).median;
        return `${ratio.toFixed(2)} (${(all[j].min / all[0].min).toFixed(2)})`;
      };
      const row = { case: name };
      for (const [j, engine] of engines.entries())
        row[`${engine.name}, ms`] = `${all[j].min.toFixed(3)} / ${all[j].median.toFixed(3)}`;
      for (const [j, engine] of browsers.entries()) row[`${engine.name} over Node`] = overNode(j + 1);
      rows.push(row);
    }
    tables.push({ title: 'training step in browsers beside Node, one thread, 784-300-100-10, batch 32', rows });
    console.table(Object.fromEntries(rows.map(({ case: label, ...row }) => [label, row])));
  } finally {
    for (const engine of engines) await engine.close();
    server.close();
  }
  mkdirSync(dirname(json), { recursive: true });
  writeFileSync(json, `${JSON.stringify({ machine: on, tables }, null, 1)}\n`);
}
