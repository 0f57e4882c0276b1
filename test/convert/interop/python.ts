/** A Python with what the interop tests compare with: one that has it already, or one made for them. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runSync } from '../../child.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));

/** Runs `script` of this folder in a Python that can import `modules`; `SIMDESCENT_PYTHON` names one, else `packages` are installed beside it. */
export function runPython(
  modules: string,
  packages: readonly string[],
  script: string,
  ...args: readonly string[]
): void {
  const venv = `${folder}venv-${modules.replaceAll(', ', '-')}`;
  const has = (python: string) => spawnSync(python, ['-c', `import ${modules}`]).status === 0;
  const found = [process.env.SIMDESCENT_PYTHON ?? '', 'python3', `${venv}/bin/python`].find(
    (one) => one !== '' && has(one),
  );
  if (found === undefined) {
    if (!existsSync(venv)) runSync('python3', ['-m', 'venv', venv]);
    runSync(`${venv}/bin/pip`, ['install', '--quiet', ...packages]);
  }
  runSync(found ?? `${venv}/bin/python`, [`${folder}${script}`, ...args]);
}
