/** What sweeps on a queue need: its packages, as the lock file says, and Debian's servers. */
import type { TestProject } from 'vitest/node';
import { installLocked } from '../locked.ts';
import { runs } from '../run.ts';
import { PEERS } from './installed.ts';
import { installServers } from './servers.ts';

/** Vitest calls it before the first test: several files of them need it, at the same time. */
export default function setup(project: TestProject): void {
  if (!runs(project, 'sweep')) return;
  installLocked(PEERS, '--ignore-scripts');
  installServers();
}
