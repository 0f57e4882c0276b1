import { describe, expect, test } from 'vitest';
import { run, runSync } from './child.ts';
import { errorOf } from './helpers.ts';

const script = (code: string): [string, string[]] => [process.execPath, ['-e', code]];
const prints = "process.stdout.write('on the way'); process.stderr.write('went wrong');";

describe.each([
  ['run', run],
  ['runSync', runSync],
])('%s', (_, runs) => {
  test('returns what a program prints that exits with 0, and gives it its input', async () => {
    const echo = 'process.stdin.pipe(process.stdout); console.error(process.env.GIVEN);';
    const { PATH } = process.env;
    const output = await runs(...script(echo), { input: 'something', env: { PATH, GIVEN: 'else' } });
    expect(output).toEqual({ stdout: 'something', stderr: 'else\n' });
  });

  test('shows all that a program printed that failed, and how it ended', async () => {
    const { message } = await errorOf(() => runs(...script(`${prints} process.exitCode = 7;`)));
    for (const fact of ['on the way', 'went wrong', 'ended with 7']) expect(message).toContain(fact);
    const killed = await errorOf(() => runs(...script("process.kill(process.pid, 'SIGKILL')")));
    expect(killed.message).toContain('SIGKILL');
  });

  test('names a program that is not there', async () => {
    const { message } = await errorOf(() => runs('no-such-program', []));
    for (const fact of ['no-such-program', 'ENOENT']) expect(message).toContain(fact);
  });
});
