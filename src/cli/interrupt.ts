/**
 * Ctrl-C and `kill`: the first one asks, and what is finished is still written; the second one leaves at once.
 * `exitCode` is then 128 + the number of the signal, as shells have it.
 */
const SIGNALS = { SIGINT: 2, SIGTERM: 15 } as const;

export interface Interrupt {
  readonly signal: AbortSignal;
  /** 130 or 143 after a signal, undefined without. */
  readonly exitCode: number | undefined;
  /** Stops listening. */
  dispose(): void;
}

export function listen(say: (message: string) => void): Interrupt {
  const controller = new AbortController();
  let exitCode: number | undefined;
  const heard = (name: NodeJS.Signals) => {
    const code = 128 + SIGNALS[name as keyof typeof SIGNALS];
    if (exitCode !== undefined) process.exit(code);
    exitCode = code;
    say('stopping after this step; once more to leave at once');
    controller.abort();
  };
  const names = Object.keys(SIGNALS) as (keyof typeof SIGNALS)[];
  for (const name of names) process.on(name, heard);
  return {
    signal: controller.signal,
    get exitCode() {
      return exitCode;
    },
    dispose() {
      for (const name of names) process.off(name, heard);
    },
  };
}
