// The machine behind the figures, for later readers. Node only.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import os from 'node:os';

const read = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));

function commit() {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return undefined; // a checkout without git
  }
}

export function machine() {
  return {
    cpu: os.cpus()[0]?.model.trim(),
    cores: os.cpus().length,
    platform: `${os.platform()} ${os.arch()}`,
    // other work on the machine: should be near 0
    load: os.loadavg().map((value) => Number(value.toFixed(2))),
    node: process.versions.node,
    v8: process.versions.v8,
    simdescent: read('../package.json').version,
    commit: commit(),
    date: new Date().toISOString(),
  };
}

export const describe = ({ cpu, cores, node, v8, load }) =>
  `${cpu}, ${cores} cores, Node ${node} (V8 ${v8}), load ${load[0]} at the start`;
