import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Interrupt, listen } from '../../src/cli/interrupt.ts';

describe('an interrupt', () => {
  let interrupt: Interrupt | undefined;
  afterEach(() => {
    interrupt?.dispose();
    vi.restoreAllMocks();
  });
  const press = (after: number, name: 'SIGINT' | 'SIGTERM' = 'SIGINT') => {
    vi.spyOn(performance, 'now').mockReturnValue(after);
    process.emit(name, name);
  };

  it('aborts at the first Ctrl-C, takes its echo for the same one, and leaves at the second', () => {
    const exit = vi.spyOn(process, 'exit').mockReturnValue(undefined as never);
    const say = vi.fn();
    interrupt = listen(say);
    expect(interrupt).toMatchObject({ exitCode: undefined, signal: { aborted: false } });
    press(1000);
    expect(interrupt).toMatchObject({ exitCode: 130, signal: { aborted: true } });
    press(1010);
    expect(exit).not.toHaveBeenCalled();
    expect(say).toHaveBeenCalledOnce();
    press(2000, 'SIGTERM');
    expect(exit).toHaveBeenCalledExactlyOnceWith(143);
  });

  it('no longer listens when it is disposed of', () => {
    const before = process.listenerCount('SIGINT');
    interrupt = listen(() => undefined);
    expect(process.listenerCount('SIGINT')).toBe(before + 1);
    interrupt.dispose();
    expect(process.listenerCount('SIGINT')).toBe(before);
  });
});
