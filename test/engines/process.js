// Performs the reference runs, the scenarios of threads.js, the second half of resume.js or the operations of arrays.js in the engine
// that runs this file, and prints what came of it: `ENGINE process.js 1|2|few|scenarios|resume|arrays < DATA`.
import { readFileSync } from 'node:fs';

const [, , what] = process.argv;
const { few, unpack, performAll } = await import('../reference-runs/runs.js');
const { scenarios } = await import('./threads.js');
const { resume } = await import('./resume.js');
const { performArrays } = await import('./arrays.js');

/** Every worker of worker_threads, counted. */
function watch() {
  const host = process.getBuiltinModule('node:worker_threads');
  const { Worker } = host;
  const workers = [];
  const alive = new Set();
  host.Worker = class extends Worker {
    constructor(...args) {
      super(...args);
      workers.push({ kill: () => this.terminate() });
      alive.add(this);
      this.once('exit', () => alive.delete(this));
    }
  };
  return { workers, alive: async () => alive.size };
}

const host = watch();
const simdescent = await import('../../dist/index.js');
const data = new Uint8Array(readFileSync(0));
const tasks = {
  few: () => performAll(simdescent, unpack(data), 2, few),
  scenarios: () => scenarios(simdescent, unpack(data), host),
  resume: () => resume(simdescent, data),
  arrays: () => performArrays(JSON.parse(new TextDecoder().decode(data))),
};
const perform = tasks[what] ?? (() => performAll(simdescent, unpack(data), Number(what)));
console.log(JSON.stringify(await perform()));
