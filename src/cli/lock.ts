/**
 * One command at a time writes to a folder. It keeps a file `.simdescent-ID.lock` there that says which process it is, and renews the
 * time of that file every five seconds. A lock is dead if its process has ended:
 *
 * - in the same container (equal boot and process namespace) the system knows the process and when it began; the number alone is not
 *   enough, because later processes get the same numbers;
 * - in other containers and on other machines nothing can be asked, so we watch for half a minute whether the lock is renewed.
 *
 * A command looks for living holders, adds its own lock and looks again: of two that start at once, at least one sees the other,
 * withdraws and tries again. Only a holder removes the locks of dead processes, and no lock ever has the name of an earlier one.
 */
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { readdir, readFile, readlink, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { attempt, writeAtomically } from '../files/atomic.ts';
import { makeFolder } from '../files/make-folder.ts';
import { UsageError } from './errors.ts';

export interface FolderLock {
  /** The folder, which is there and can be written. */
  readonly folder: string;
  /** @throws Error if another command has the folder now */
  check(): Promise<void>;
  release(): void;
}

/** Milliseconds between two renewals, between two looks at a lock of another container, and until its holder is taken for dead. */
const RENEWAL = 5_000;
const LOOK = 1_000;
const SILENCE = 30_000;
/** Milliseconds that a command which sees another one takes to withdraw, and more. */
const WITHDRAWAL = 300;

const isLock = (name: string): boolean => /^\.simdescent-[0-9a-f]+\.lock$/.test(name);

/** A process, and where it is the one of its number. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly home?: string | undefined;
  readonly began?: string | undefined;
}

/** The state of a process, and when it began in ticks since the system did; undefined if there is none to be seen. */
async function statusOf(pid: number): Promise<{ readonly state: string; readonly began: string } | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // fields 3 and 22 of proc(5); the name in field 2 may hold anything
  const [state = '', ...fields] = text?.slice(text.lastIndexOf(')') + 2).split(' ') ?? [];
  return text === undefined ? undefined : { state, began: fields[18] ?? '' };
}

async function ourselves(): Promise<Holder> {
  const own = { pid: process.pid, host: hostname() };
  try {
    // /proc may be that of another namespace
    if ((await readlink('/proc/self')) !== String(own.pid)) return own;
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    const home = `${boot.trim()} ${await readlink('/proc/self/ns/pid')}`;
    return { ...own, home, began: (await statusOf(own.pid))?.began };
  } catch {
    return own;
  }
}

/** Who holds a lock; undefined if that cannot be read, perhaps because it is being written. */
async function holderOf(path: string): Promise<Holder | undefined> {
  try {
    const holder = JSON.parse(await readFile(path, 'utf8')) as Holder;
    return Number.isSafeInteger(holder.pid) && holder.pid > 0 ? holder : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a process is alive; undefined for those that cannot be seen from here. */
async function isAlive(holder: Holder | undefined, { home }: Holder): Promise<boolean | undefined> {
  if (holder === undefined || home === undefined || holder.home !== home) return undefined;
  const status = await statusOf(holder.pid);
  if (status !== undefined) return !/[ZX]/.test(status.state) && status.began === holder.began;
  // /proc may hide what others run
  try {
    return process.kill(holder.pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

const timeOf = (path: string): Promise<number | undefined> =>
  stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  );

export type Rest = (milliseconds: number) => Promise<unknown>;

/**
 * Makes the folder `name` and takes it.
 *
 * @param rest waits; what it throws ends the waiting for a lock of another container
 * @throws UsageError if another command has the folder; Error if it cannot be written
 */
export async function lockFolder(name: string, note: (text: string) => void, rest: Rest): Promise<FolderLock> {
  const folder = resolve(name);
  const own = await ourselves();
  /** Paths of locks without a holder. */
  const dead = new Set<string>();
  const others = async (path?: string): Promise<string[]> =>
    (await readdir(folder))
      .filter(isLock)
      .map((name) => join(folder, name))
      .filter((other) => other !== path && !dead.has(other));

  /** Throws if that lock has a holder. */
  async function refuseLiving(lock: string): Promise<void> {
    const first = await timeOf(lock);
    for (let waited = 0; waited < SILENCE; waited += LOOK) {
      const [holder, time] = [await holderOf(lock), await timeOf(lock)];
      if (time === undefined) break;
      const alive = (await isAlive(holder, own)) ?? (time === first ? undefined : true);
      if (alive === false) break;
      if (alive === true) {
        // one that withdraws is gone by now
        await rest(WITHDRAWAL);
        if ((await timeOf(lock)) === undefined) break;
        throw new UsageError(
          `${folder} is in use by ${described(holder)}: wait until that is done, or give another --out`,
        );
      }
      if (waited === LOOK) note(`looking for half a minute whether ${described(holder)} still uses ${folder}`);
      await rest(LOOK);
    }
    dead.add(lock);
  }

  await attempt(folder, () => makeFolder(folder));
  for (;;) {
    for (const lock of await attempt(folder, () => others())) await refuseLiving(lock);
    const path = join(folder, `.simdescent-${randomBytes(6).toString('hex')}.lock`);
    const release = await hold(path, own);
    if ((await others(path)).length > 0) {
      release();
      await rest(Math.random() * LOOK);
      continue;
    }
    for (const lock of dead) await rm(lock, { force: true }).catch(() => undefined);
    return {
      folder,
      release,
      async check() {
        if ((await timeOf(path)) !== undefined) return;
        const [other] = await others(path).catch(() => []);
        if (other !== undefined) throw new Error(`${folder} is now in use by ${described(await holderOf(other))}`);
      },
    };
  }
}

/** Makes a lock and keeps its time new; returns what removes it, which happens too when the process exits. */
async function hold(path: string, holder: Holder): Promise<() => void> {
  await writeAtomically(path, `${JSON.stringify(holder)}\n`);
  const renewal = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined);
  }, RENEWAL).unref();
  const release = () => {
    clearInterval(renewal);
    process.off('exit', release);
    rmSync(path, { force: true });
  };
  process.on('exit', release);
  return release;
}

const described = (holder: Holder | undefined): string =>
  holder === undefined ? 'another simdescent' : `another simdescent (process ${holder.pid} on ${holder.host})`;
