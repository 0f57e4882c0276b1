/** Runs one operation to its end before anything else happens, for `ops`; large ones on several threads. */
import { UNFINISHED } from '../../assembly/control.ts';
import * as op from '../../assembly/opcodes.ts';
import type { Crew } from './crew.ts';
import type { Engine } from './runtime.ts';

/** Nanoseconds from which threads share an operation: a wake-up takes 70 µs. */
const GRAIN = 250_000;
/** Milliseconds to wait for the others after this thread's share. */
const PATIENCE = 2000;

/** Bytes of a program with one operation. */
const BYTES = op.HEADER_BYTES + op.OPERATION_BYTES;

/** Its address in each engine. */
const programs = new WeakMap<Engine, number>();

/** Allocates what `runNow` needs, once. Throws where there is no memory for it. */
export function reserve(engine: Engine): void {
  if (!programs.has(engine)) programs.set(engine, engine.arena.allocate(BYTES));
  void engine.scratch;
}

/** Runs the operation of these words, which takes one thread `cost` nanoseconds. Call `reserve` before. */
export function runNow(engine: Engine, words: readonly number[], cost: number): void {
  const { core, threading } = engine;
  const program = programs.get(engine) ?? 0;
  const header = engine.i32(program, BYTES / 4);
  header.fill(0);
  for (const at of [op.AT_OPERATIONS, op.AT_BATCH_SIZE, op.AT_ROW_COUNT]) header[at / 4] = 1;
  header[op.AT_SCRATCH / 4] = engine.scratch;
  header.set(words, op.HEADER_BYTES / 4);
  const { threads } = threading.plan([cost], GRAIN);
  if (threads > 1) header[op.HEADER_BYTES / 4 + op.SHARED] = 1;
  const crew = threads > 1 ? threading.crew(threads) : undefined;
  if (crew !== undefined && finishes(crew, program, threads)) return;
  const start = performance.now();
  header[op.AT_CURSOR / 4] = 0;
  core.run(program, 1, 0, 1);
  if (threads > 1) threading.spent += performance.now() - start;
  if (crew === undefined) return;
  // a worker is lost or gets no processor: anything it still writes are the bits that are there already
  const { arena } = engine;
  arena.hold();
  void crew.dismiss().then(() => arena.letGo());
}

/** Runs it with a crew; false if the crew does not finish in time. */
function finishes(crew: Crew, program: number, threads: number): boolean {
  let done = crew.run(program, 1, threads);
  for (const since = performance.now(); done === UNFINISHED && performance.now() - since < PATIENCE; )
    done = crew.resume();
  return done !== UNFINISHED;
}
