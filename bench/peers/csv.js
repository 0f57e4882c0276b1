// Reads a CSV text of 1,000,000 rows of 20 numbers with simdescent/data and with other parsers, each in a process of its own, in turns:
// npm run bench:csv -- [rows] [rounds]. Prints the CPU time of the parsing alone, the median of the rounds, and how many times the fastest it is.
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';

const [, , rows = '1000000', rounds = '3', peer] = process.argv;

/** Numbers of a few digits, from a linear congruential generator. */
function textOf(count) {
  let state = 12345;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
  const field = (_, j) => (j % 4 === 0 ? String(Math.floor(random() * 1000)) : (random() * 200 - 100).toFixed(4));
  const lines = [Array.from({ length: 20 }, (_, j) => `c${j}`).join(',')];
  for (let i = 0; i < count; i++) lines.push(Array.from({ length: 20 }, field).join(','));
  return `${lines.join('\n')}\n`;
}

/** Each gives the number of rows, with all fields as numbers, in columns or in rows; d3-dsv leaves them as text. */
const PEERS = {
  'simdescent/data': async () => {
    const { csv } = await import('../../dist/data.js');
    return async (text) => (await csv(text)).rowCount;
  },
  'uDSV, columns': async () => {
    const { inferSchema, initParser } = await import('udsv');
    return (text) => initParser(inferSchema(text)).typedCols(text)[0].length;
  },
  'uDSV, rows': async () => {
    const { inferSchema, initParser } = await import('udsv');
    return (text) => initParser(inferSchema(text)).typedArrs(text).length;
  },
  'Papa Parse': async () => {
    const { default: papa } = await import('papaparse');
    return (text) => papa.parse(text, { header: false, dynamicTyping: true, skipEmptyLines: true }).data.length - 1;
  },
  'csv-parse': async () => {
    const { parse } = await import('csv-parse/sync');
    return (text) => parse(text, { cast: Number, from_line: 2 }).length;
  },
  'd3-dsv, text': async () => {
    const { csvParseRows } = await import('d3-dsv');
    return (text) => csvParseRows(text).length - 1;
  },
};

if (peer !== undefined) {
  const parse = await PEERS[peer]();
  // as a file gives it: one flat string
  const text = Buffer.from(textOf(Number(rows))).toString();
  const { user, system } = process.cpuUsage();
  const count = await parse(text);
  const used = process.cpuUsage();
  if (count !== Number(rows)) throw new Error(`${peer} has read ${count} rows`);
  console.log((used.user + used.system - user - system) / 1000);
} else {
  const times = Object.fromEntries(Object.keys(PEERS).map((name) => [name, []]));
  for (let round = 0; round < Number(rounds); round++)
    for (const name of Object.keys(PEERS)) {
      const args = ['--max-old-space-size=8000', fileURLToPath(import.meta.url), rows, rounds, name];
      const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
      if (status !== 0) throw new Error(stderr);
      times[name].push(Number(stdout));
    }
  const median = (all) => all.sort((a, b) => a - b)[all.length >> 1];
  const found = Object.entries(times).map(([name, all]) => [name, median(all)]);
  const fastest = Math.min(...found.filter(([name]) => name !== 'simdescent/data').map(([, time]) => time));
  console.log(`${rows} rows of 20 numbers, ${cpus()[0].model}, Node ${process.versions.node}\n`);
  console.log('| parser | ms | over the fastest of the others |\n| --- | --: | --: |');
  for (const [name, time] of found) console.log(`| ${name} | ${Math.round(time)} | ${(time / fastest).toFixed(2)} |`);
}
