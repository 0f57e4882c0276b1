// Performs the reference runs in the engine that runs this file, and prints their results: `ENGINE process.js THREADS < DATA`.
import { readFileSync } from 'node:fs';
import * as simdescent from '../../dist/index.js';
import { performAll, unpack } from '../reference-runs/runs.js';

const data = unpack(new Uint8Array(readFileSync(0)));
console.log(JSON.stringify(await performAll(simdescent, data, Number(process.argv[2]))));
