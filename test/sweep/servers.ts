/** Debian's Redis and Postgres on free ports of 127.0.0.1, to be killed and started again. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { runSync } from '../child.ts';
import { freePort } from '../port.ts';

/** Debian's packages, and whether their programs are there. */
const packages: Readonly<Record<string, () => boolean>> = {
  'redis-server': () => Redis.there(),
  postgresql: () => Postgres.there(),
};

/** Installs both where that can be done: two at a time would wait for each other's lock. */
export function installServers(): void {
  for (const [apt, exists] of Object.entries(packages)) {
    if (!exists() && process.getuid?.() === 0 && spawnSync('apt-get', ['--version']).status === 0)
      try {
        const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
        console.log(`installing ${apt}`);
        runSync('apt-get', ['-qq', 'update'], { env });
        runSync('apt-get', ['-qq', '-y', '--no-install-recommends', 'install', apt], { env });
      } catch (error) {
        console.error((error as Error).message);
      }
    if (exists()) continue;
    const what = `${apt} not found; install with: apt-get install ${apt}`;
    if (process.env.CI) throw new Error(what);
    console.warn(`\n${what}\nTests of sweeps on it are skipped.\n`);
  }
}

/** A server of a queue. */
export abstract class Server {
  readonly port: number;
  #child: ChildProcess | undefined;

  protected constructor(port: number) {
    this.port = port;
  }

  abstract readonly url: string;
  protected abstract launch(): ChildProcess;
  protected abstract answers(): Promise<boolean>;

  async start(): Promise<void> {
    // what was killed may hold the port, or a lock, for a moment
    for (let tries = 0; tries < 50; tries++) {
      const child = this.launch();
      while (child.exitCode === null && !(await this.answers())) await setTimeout(20);
      this.#child = child;
      if (child.exitCode === null) return;
      await setTimeout(100);
    }
    throw new Error(`${this.constructor.name} does not start`);
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null) return;
    this.#child = undefined;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  /** Kills it for good. */
  async end(): Promise<void> {
    await this.kill();
  }
}

/** It keeps nothing on disk. */
export class Redis extends Server {
  static there(): boolean {
    return spawnSync('redis-server', ['--version']).status === 0;
  }

  static async start(): Promise<Redis> {
    const redis = new Redis(await freePort());
    await redis.start();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  protected launch(): ChildProcess {
    const own = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    return spawn('redis-server', own, { stdio: 'ignore' });
  }

  protected answers(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(this.port, '127.0.0.1', () => {
        socket.destroy();
        resolve(true);
      });
      socket.on('error', () => resolve(false));
    });
  }
}

const DEBIAN = '/usr/lib/postgresql';

/** A new cluster in a folder of its own, as user postgres if this one is root, whom Postgres refuses. */
export class Postgres extends Server {
  readonly #folder: string;

  private constructor(port: number, folder: string) {
    super(port);
    this.#folder = folder;
  }

  static there(): boolean {
    return Postgres.#programs() !== undefined;
  }

  static async start(): Promise<Postgres> {
    // user postgres may not enter the temporary folder of this one
    const folder = mkdtempSync(join(process.getuid?.() === 0 ? '/tmp' : tmpdir(), 'simdescent-postgres-'));
    const postgres = new Postgres(await freePort(), folder);
    try {
      postgres.#init();
      await postgres.start();
      return postgres;
    } catch (error) {
      await postgres.end();
      throw error;
    }
  }

  get url(): string {
    return `postgres://simdescent:a%20secret@127.0.0.1:${this.port}/postgres`;
  }

  override async end(): Promise<void> {
    await super.end();
    // its processes end after it
    for (let tries = 0; existsSync(this.#folder) && tries < 50; tries++)
      try {
        rmSync(this.#folder, { recursive: true, force: true });
      } catch {
        await setTimeout(100);
      }
  }

  #init(): void {
    const file = join(this.#folder, 'password');
    writeFileSync(file, 'a secret\n');
    const { uid, gid } = Postgres.#user();
    if (uid !== undefined && gid !== undefined) for (const path of [this.#folder, file]) chownSync(path, uid, gid);
    chmodSync(this.#folder, 0o700);
    const flags = [
      '--auth=scram-sha-256',
      `--pwfile=${file}`,
      '--username=simdescent',
      '--encoding=UTF8',
      '--locale=C',
    ];
    const { status, stderr } = spawnSync(
      Postgres.#program('initdb'),
      [...flags, '--no-sync', join(this.#folder, 'data')],
      { ...Postgres.#user(), encoding: 'utf8' },
    );
    if (status !== 0) throw new Error(`initdb: ${stderr}`);
  }

  protected launch(): ChildProcess {
    const settings = { listen_addresses: '127.0.0.1', port: this.port, unix_socket_directories: '', fsync: 'off' };
    const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    return spawn(Postgres.#program('postgres'), ['-D', join(this.#folder, 'data'), ...flags], {
      ...{ ...Postgres.#user(), stdio: 'ignore' },
    });
  }

  protected async answers(): Promise<boolean> {
    const flags = ['-q', '-h', '127.0.0.1', '-p', String(this.port)];
    return spawnSync(Postgres.#program('pg_isready'), flags).status === 0;
  }

  /** The folder of its programs; undefined if it is not installed. */
  static #programs(): string | undefined {
    const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : [];
    const found = versions
      .map((version) => join(DEBIAN, version, 'bin'))
      .find((bin) => existsSync(join(bin, 'initdb')));
    return found ?? (spawnSync('initdb', ['--version']).status === 0 ? '' : undefined);
  }

  static #program(name: string): string {
    return join(Postgres.#programs() ?? '', name);
  }

  static #user(): { uid?: number; gid?: number } {
    if (process.getuid?.() !== 0) return {};
    const id = (flag: string) => Number(runSync('id', [flag, 'postgres']).stdout);
    return { uid: id('-u'), gid: id('-g') };
  }
}
