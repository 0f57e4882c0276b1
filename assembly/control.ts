/**
 * The control block: how the threads of a run talk to each other (sync.ts). Compiled by both sides, like opcodes.ts. Words that
 * different threads write lie 128 bytes apart, so that the threads do not compete for cache lines.
 *
 *   +0    written by thread 0, read by all          +128  i32 finished   shares that other threads have finished, ever
 *   +0    i32 run       counts runs, << 8 | its     +256  i32 sleepers   workers asleep, or about to be
 *                       threads; idle workers wait  +384  i32 waiting    1 while thread 0 sleeps on `finished`
 *                       here                        +512  i32[threads]   state of each worker
 *   +4    i32 phase     counts what is shared out
 *                       in a run; workers wait here +64.. thread 0's own
 *   +8    i32 stop      1: every worker leaves      +64   i32 expected   what `finished` will be
 *   +12   i32 spins     loads before a worker       +68   i32 parts
 *                       sleeps                      +72   i32 spins      loads before thread 0 sleeps or gives up
 *   +16   u32 program                               +80   i64 patience   ns asleep before it gives up; 0: it must not sleep
 *   +20   u32 operation what is shared out now;     +88   i32 steps      where to go on after it gave up: of these steps
 *                       0: the run is over          +92   i32 done       so many are done
 *   +24   i32 rows      of this batch               +96   i32 next       and this operation is next
 */
export const CONTROL_BYTES = 1024;
export const AT_RUN = 0;
export const AT_PHASE = 4;
export const AT_STOP = 8;
export const AT_WORKER_SPINS = 12;
export const AT_PROGRAM = 16;
export const AT_SHARED_OPERATION = 20;
export const AT_SHARED_ROWS = 24;
export const AT_EXPECTED = 64;
export const AT_PARTS = 68;
export const AT_SPINS = 72;
export const AT_PATIENCE = 80;
export const AT_STEPS = 88;
export const AT_DONE = 92;
export const AT_NEXT = 96;
export const AT_FINISHED = 128;
export const AT_SLEEPERS = 256;
export const AT_WAITING = 384;
export const AT_STATES = 512;

/** Most threads of a run, the calling one included: the count has 8 bits, and CONTROL_BYTES has room for this many states. */
export const MOST_THREADS = 64;

// States of a worker.
export const NEW = 0;
export const WORKING = 1;
export const LEFT = 2;

/** `run` and `resume` return it if another thread has not finished its share in time. */
export const UNFINISHED = -1;
