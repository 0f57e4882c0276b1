// Memory of this process. Only in Node, where a program can collect garbage on demand.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

/** Bytes of live objects, of arrays beside them, and of the whole process, after garbage has been collected. */
export function memory() {
  collect();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heapUsed, external, rss };
}
