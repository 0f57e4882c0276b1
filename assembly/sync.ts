/**
 * Threads that take shares of operations. control.ts draws the block they share.
 *
 * Thread 0, the caller, walks the program. Operations too small to share it runs alone, while the others spin; for the rest it raises
 * `phase`, does its own share, and waits until `finished` says that all others have done theirs. So two cache lines change
 * hands for each shared operation, and nothing at all for those between. A worker spins for a while and then sleeps, between the
 * operations of a run (on `phase`) and between runs (on `run`).
 *
 * No wake-up is lost: a thread announces that it will sleep (`sleepers`, `waiting`) before it compares the word it sleeps on, and the
 * other writes that word before it looks whether anybody sleeps. All four are sequentially consistent.
 */
import {
  AT_EXPECTED,
  AT_FINISHED,
  AT_PARTS,
  AT_PATIENCE,
  AT_PHASE,
  AT_PROGRAM,
  AT_RUN,
  AT_SHARED_OPERATION,
  AT_SHARED_ROWS,
  AT_SLEEPERS,
  AT_SPINS,
  AT_WAITING,
  AT_WORKER_SPINS,
} from "./control";

/**
 * `memory.atomic.wait32`, in a function of its own: the baseline compiler of V8 11.3 (Node 20) loses locals across it,
 * seen as a worker that took the share of thread 0. A wait ends with 0, 1 or 2; the call to itself for other values only prevents
 * inlining.
 */
function sleep(word: usize, seen: i32, timeout: i64): i32 {
  const ended = <i32>atomic.wait<i32>(word, seen, timeout);
  return ended > 2 ? sleep(0, 0, 0) : ended;
}

/** Waits until the word at `at` is no longer `seen`, and returns its new value. For workers. */
export function awaitChange(control: usize, at: usize, seen: i32): i32 {
  const word = control + at;
  for (let spins = i32.load(control, AT_WORKER_SPINS); spins > 0; spins--) {
    const value = atomic.load<i32>(word);
    if (value != seen) return value;
  }
  atomic.add<i32>(control, 1, AT_SLEEPERS);
  let value = atomic.load<i32>(word);
  while (value == seen) {
    sleep(word, seen, -1);
    value = atomic.load<i32>(word);
  }
  atomic.sub<i32>(control, 1, AT_SLEEPERS);
  return value;
}

/** Says that this worker has finished its share. */
export function finishShare(control: usize): void {
  atomic.add<i32>(control, 1, AT_FINISHED);
  if (atomic.load<i32>(control, AT_WAITING)) atomic.notify(control + AT_FINISHED, 1);
}

function wake(control: usize, at: usize): void {
  if (atomic.load<i32>(control, AT_SLEEPERS)) atomic.notify(control + at, -1);
}

/** Calls workers 1 to `parts` - 1 to a run of `program`. */
export function openRun(control: usize, program: usize, parts: i32): void {
  store<u32>(control, <u32>program, AT_PROGRAM);
  i32.store(control, parts, AT_PARTS);
  atomic.store<i32>(control, 0, AT_PHASE);
  const run = i32.load(control, AT_RUN);
  atomic.store<i32>(control, (((run >>> 8) + 1) << 8) | parts, AT_RUN);
  wake(control, AT_RUN);
}

/** Shares out the operation at `op`; 0 ends the run. */
export function share(control: usize, op: usize, rows: i32): void {
  store<u32>(control, <u32>op, AT_SHARED_OPERATION);
  i32.store(control, rows, AT_SHARED_ROWS);
  i32.store(control, i32.load(control, AT_EXPECTED) + i32.load(control, AT_PARTS) - 1, AT_EXPECTED);
  atomic.add<i32>(control, 1, AT_PHASE);
  wake(control, AT_PHASE);
}

/** Waits until all shares are finished. Returns false after `spins` loads and then `patience`: ask again. */
export function join(control: usize): bool {
  const expected = i32.load(control, AT_EXPECTED);
  for (let spins = i32.load(control, AT_SPINS); spins > 0; spins--) {
    if (atomic.load<i32>(control, AT_FINISHED) == expected) return true;
  }
  const patience = i64.load(control, AT_PATIENCE);
  if (!patience) return atomic.load<i32>(control, AT_FINISHED) == expected;
  atomic.store<i32>(control, 1, AT_WAITING);
  let finished = atomic.load<i32>(control, AT_FINISHED);
  while (finished != expected) {
    const slept = sleep(control + AT_FINISHED, finished, patience);
    finished = atomic.load<i32>(control, AT_FINISHED);
    if (slept == AtomicWaitResult.TIMED_OUT) break;
  }
  atomic.store<i32>(control, 0, AT_WAITING);
  return finished == expected;
}
