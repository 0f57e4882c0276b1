// A library in its own process.
import { execFileSync, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';

/** Milliseconds before a turn. */
const REST = 300;

/** A peer's process; answers one request at a time. */
export class Peer {
  constructor(name, command, args, env = {}) {
    this.name = name;
    this.process = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    this.noise = '';
    this.process.stderr.on('data', (text) => {
      this.noise = (this.noise + text).slice(-2000);
    });
    // a peer that dies stops answering
    this.process.stdin.on('error', () => {});
    this.gone = new Promise((done) => this.process.on('close', done));
    this.lines = createInterface({ input: this.process.stdout })[Symbol.asyncIterator]();
  }

  async ask(request) {
    this.process.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.lines.next();
    if (done) throw new Error(`${this.name} has ended: ${this.noise}`);
    const reply = JSON.parse(value);
    if (reply.error) throw new Error(`${this.name}: ${reply.error}`);
    return reply;
  }

  /** A turn of a comparison: it rests first, because threads of OpenMP go on spinning after the turn before. */
  async turn(request) {
    await pause(REST);
    return this.ask(request);
  }

  async end() {
    this.process.stdin.end();
    await this.gone;
  }
}

/** Whether a Python has a module, and NumPy. */
export function installed(python, module) {
  try {
    execFileSync(python, ['-c', `import numpy, ${module}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
