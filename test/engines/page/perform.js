// Performs the reference runs on a page or in a worker. The server has the built package under /dist/ and the runs under /runs/.
import * as simdescent from '/dist/index.js';
import { performAll, unpack } from '/runs/runs.js';

export async function perform(threads) {
  const response = await fetch('/data');
  return performAll(simdescent, unpack(new Uint8Array(await response.arrayBuffer())), threads);
}
