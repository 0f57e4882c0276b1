/**
 * Ctrl-C and `kill`: the first one asks, and what is finished is still written; the second one leaves at once.
 * `exitCode` is then 128 + the number of the signal, as shells have it.
 */

/** One Ctrl-C may come twice, from the terminal and from npm, which passes it on: so soon it is no second one. */
const ECHO_MILLISECONDS = 250;
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
  let first = 0;
  const heard = (name: NodeJS.Signals) => {
    const code = 128 + SIGNALS[name as keyof typeof SIGNALS];
    if (exitCode !== undefined) {
      if (performance.now() - first > ECHO_MILLISECONDS) process.exit(code);
      return;
    }
    first = performance.now();
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
