// What a queue costs, and where a sweep has its limits: `npm run bench:queue`. Options: --only overhead,many,workers,processes; --queue ADDRESS of a
// server that is there already (default: a redis-server of its own, which keeps nothing on disk); --turns N of the last part (3).
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { round, summary } from '../harness.js';
import { describe, machine } from '../machine.js';

const PARTS = { overhead, many, workers, processes };
const { values } = parseArgs({
  options: {
    only: { type: 'string', default: Object.keys(PARTS).join() },
    queue: { type: 'string' },
    turns: { type: 'string', default: '3' },
  },
});
const root = fileURLToPath(new URL('../..', import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'simdescent-bench-sweep-'));
const children = new Set();
let url = values.queue;

/** The package beside the packages of a queue, as people install it. */
function install() {
  const modules = join(home, 'node_modules');
  mkdirSync(modules);
  for (const part of ['dist', 'package.json'])
    cpSync(join(root, part), join(modules, 'simdescent', part), { recursive: true });
  for (const one of ['bullmq', 'ioredis', 'pg'])
    symlinkSync(join(root, 'test/sweep/queue/node_modules', one), join(modules, one));
  cpSync(new URL('program.js', import.meta.url), join(home, 'program.js'));
}

async function redis() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  const flags = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  children.add(spawn('redis-server', flags, { stdio: 'ignore' }).on('error', () => process.exit(1)));
  const answers = () =>
    new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(socket.destroy()));
      socket.on('error', () => resolve(undefined));
    });
  while (!(await answers())) await setTimeout(20);
  return `redis://127.0.0.1:${port}`;
}

let runs = 0;

/** One sweep with workers of so many slots each; trials sleep for some milliseconds. */
async function measure({ trials, slots, sleep, capacity = 1024 }) {
  // so that no run finds what an earlier one left in the queue
  const options = { url, capacity, trials, sleep, name: `bench-${Date.now()}-${runs++}` };
  const program = (role, given) =>
    spawn(process.execPath, [join(home, 'program.js'), role, JSON.stringify(given)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  const working = slots.map((count) => program('work', { ...options, slots: count }));
  for (const child of working) children.add(child);
  const sweep = program('sweep', options);
  children.add(sweep);
  let text = '';
  sweep.stdout.on('data', (more) => {
    text += more;
  });
  const [code] = await once(sweep, 'close');
  const ended = working.map((child) => once(child, 'close'));
  for (const child of working) child.kill('SIGTERM');
  await Promise.all(ended);
  if (code !== 0) throw new Error(`the sweep ended with ${code}`);
  const { seconds, processor, megabytes } = JSON.parse(text);
  return { trials, seconds, processor, megabytes, perSecond: trials / seconds };
}

const row = (...cells) => console.log(`| ${cells.join(' | ')} |`);
const title = (text, ...columns) => {
  console.log(`\n### ${text}\n`);
  row('', ...columns);
  row('---', ...columns.map(() => '--:'));
};

async function overhead() {
  title('a trial that does nothing, by one worker', 'ms a trial', 'of it processor of the sweep, ms');
  for (const [name, capacity, trials] of [
    ['all are in the queue', 1024, 1000],
    ['the sweep waits for each', 1, 500],
  ]) {
    const { seconds, processor } = await measure({ trials, slots: [1], sleep: 0, capacity });
    row(name, round((1000 * seconds) / trials, 2), round((1000 * processor) / trials, 2));
  }
}

async function many() {
  title('10,000 trials of 5 ms', 'seconds', 'trials/s', 'processor of the sweep, s', 'its memory, MB');
  for (const slots of [[2], [16]]) {
    const { seconds, perSecond, processor, megabytes } = await measure({ trials: 10_000, slots, sleep: 5 });
    row(`${slots[0]} at a time`, round(seconds, 1), round(perSecond, 0), round(processor, 1), round(megabytes, 0));
  }
}

async function workers() {
  title(
    '1,000 workers whose trials sleep, in four processes',
    'trials/s',
    'of what 1,000 could do, %',
    'ms of processor of the sweep for a trial',
    'of its one processor, %',
    'its memory, MB',
  );
  for (const [sleep, trials] of [
    [10_000, 5000],
    [5000, 8000],
    [2000, 10_000],
    [1000, 10_000],
  ]) {
    const { seconds, perSecond, processor, megabytes } = await measure({
      trials,
      slots: [250, 250, 250, 250],
      sleep,
      capacity: 2000,
    });
    row(
      ...[`${sleep / 1000} s`, round(perSecond, 0), round((100 * perSecond * sleep) / 1e6, 0)],
      ...[round((1000 * processor) / trials, 2), round((100 * processor) / seconds, 0), round(megabytes, 0)],
    );
  }
}

/** In turns, so that a change of the machine's speed meets both. */
async function processes() {
  title(
    '8 trials of 784-300-100-10, one epoch of 60,000 images each: processes of this machine',
    'seconds, median',
    'times as fast',
  );
  const flags = [
    '--optimizers',
    'sgd,nadam',
    '--learning-rates',
    '1e-3..1e-1:log:4',
    '--hidden',
    '300,100',
    '--epochs',
    '1',
  ];
  const times = { 1: [], 2: [] };
  const digests = new Set();
  for (let turn = 0; turn < Number(values.turns); turn++)
    for (const count of [1, 2]) {
      const out = join(home, `${turn} ${count}`);
      const text = execFileSync(
        process.execPath,
        [join(root, 'dist/cli.js'), 'sweep', ...flags, '--workers', String(count), '--out', out, '--json'],
        { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
      );
      const { seconds, digest } = JSON.parse(text.trimEnd().split('\n').at(-1));
      times[count].push(seconds);
      digests.add(digest);
    }
  if (digests.size !== 1) throw new Error(`digests differ: ${[...digests].join(', ')}`);
  const [one, two] = [summary(times[1]).median, summary(times[2]).median];
  row('1 process', round(one, 2), '1');
  row('2 processes', round(two, 2), round(one / two, 2));
}

console.log(describe(machine()));
try {
  const wanted = values.only.split(',');
  const unknown = wanted.find((part) => !(part in PARTS));
  if (unknown !== undefined) throw new Error(`--only takes ${Object.keys(PARTS).join(', ')}, got ${unknown}`);
  install();
  if (wanted.some((part) => part !== 'processes')) url ??= await redis();
  for (const part of wanted) await PARTS[part]();
} finally {
  for (const child of children) child.kill('SIGKILL');
  rmSync(home, { recursive: true, force: true });
}
