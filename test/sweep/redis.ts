/** Debian's redis-server on a free port, to be killed and started again. It keeps nothing on disk. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { runSync } from '../child.ts';

const exists = (): boolean => spawnSync('redis-server', ['--version']).status === 0;

/** Installs it where that can be done. @returns whether it is there, or throws in CI */
export function installRedis(): boolean {
  if (!exists() && process.getuid?.() === 0 && spawnSync('apt-get', ['--version']).status === 0)
    try {
      const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
      console.log('installing redis-server');
      runSync('apt-get', ['-qq', 'update'], { env });
      runSync('apt-get', ['-qq', '-y', '--no-install-recommends', 'install', 'redis-server'], { env });
    } catch (error) {
      console.error((error as Error).message);
    }
  if (exists()) return true;
  const what = 'redis-server not found; install with: apt-get install redis-server';
  if (process.env.CI) throw new Error(what);
  console.warn(`\n${what}\nTests of sweeps on a queue are skipped.\n`);
  return false;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

export class Redis {
  readonly port: number;
  #child: ChildProcess | undefined;

  private constructor(port: number) {
    this.port = port;
  }

  static async start(): Promise<Redis> {
    const redis = new Redis(await freePort());
    await redis.start();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const own = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    this.#child = spawn('redis-server', own, { stdio: 'ignore' });
    while (!(await this.#answers())) await setTimeout(20);
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#child = undefined;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  #answers(): Promise<boolean> {
    if (this.#child?.exitCode !== null) throw new Error('redis-server ended');
    return new Promise((resolve) => {
      const socket = connect(this.port, '127.0.0.1', () => {
        socket.destroy();
        resolve(true);
      });
      socket.on('error', () => resolve(false));
    });
  }
}
