// Performs the reference runs (`1`, `2`: with so many threads; `few`: some, with two), the scenarios of threads.js, the second half of resume.js or the operations of arrays.js, on a page or in
// a worker. The server has the built package under /dist/, the runs under /runs/, and the images, or the saved model, at /data.
import { performArrays } from '/engines/arrays.js';
import { resume } from '/engines/resume.js';
import { scenarios } from '/engines/threads.js';
import { few, performAll, unpack } from '/runs/runs.js';

/** Every worker that is started. A browser tells of none that has ended, but its lock is free then. */
function watch() {
  const { Worker } = globalThis;
  const workers = [];
  globalThis.Worker = class extends Worker {
    constructor(...args) {
      super(...args);
      workers.push({ kill: () => this.terminate() });
    }
  };
  return { workers, alive: async () => (await navigator.locks.query()).held.length };
}

export async function perform(what) {
  const host = watch();
  const simdescent = await import('/dist/index.js');
  const data = new Uint8Array(await (await fetch('/data')).arrayBuffer());
  if (what === 'arrays') return performArrays(JSON.parse(new TextDecoder().decode(data)));
  if (what === 'resume') return resume(simdescent, data);
  const images = unpack(data);
  if (what === 'few') return performAll(simdescent, images, 2, few);
  return what === 'scenarios' ? scenarios(simdescent, images, host) : performAll(simdescent, images, what);
}
