/** A call under way: events go to whoever made it, who may abort it. */
export interface Call {
  readonly signal: AbortSignal;
  readonly emit: (event: string, value: unknown) => void;
  /** Like `emit`, and gives the answer. */
  readonly ask: (event: string, value: unknown) => Promise<unknown>;
}
