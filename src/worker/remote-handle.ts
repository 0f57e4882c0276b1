/** A model in the worker by its number there: calls on it, with the data that they take along. */
import type { StreamOptions } from '../index.ts';
import type { CallOptions, Connection, Methods } from './connection.ts';
import { type Given, withData } from './data.ts';
import type { Data } from './host.ts';
import type { StreamQuestion } from './protocol.ts';
import { type PageStream, SentStreams, withStreams } from './sent-streams.ts';

/** The arguments of a method of the host, behind the number of a model. */
type Behind<M extends keyof Methods> = Parameters<Methods[M]> extends [number, ...infer Rest] ? Rest : never;

export class RemoteHandle {
  readonly #connection: Connection;
  readonly #number: number;
  readonly #name: string;
  #disposed = false;

  constructor(connection: Connection, number: number, name: string) {
    this.#connection = connection;
    this.#number = number;
    this.#name = name;
  }

  get disposed(): boolean {
    return this.#disposed;
  }

  /** @throws Error if the model has been disposed of. */
  call<M extends keyof Methods>(method: M, args: Behind<M>, options?: CallOptions): Promise<ReturnType<Methods[M]>> {
    // the types have checked what stands behind the number
    const all: unknown = [this.#live, ...args];
    return this.#connection.call(method, all as Parameters<Methods[M]>, options);
  }

  /** Calls `use` with the data as the worker has them. */
  async with<T>(
    data: Readonly<Record<string, Given | undefined>>,
    { transfer = false }: { readonly transfer?: boolean | undefined },
    use: (sent: Data) => Promise<T>,
  ): Promise<T> {
    void this.#live;
    return withData(this.#connection, data, { transfer }, use);
  }

  /** A call over a stream, whose batches the worker asks for. */
  async streamed(
    method: 'evaluate' | 'predict',
    stream: PageStream,
    options: StreamOptions,
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
    const streams = new SentStreams({ x: { ...stream, most: options.steps } });
    const onEvent = (_event: string, question: unknown) => streams.answer(question as StreamQuestion);
    return withStreams<unknown>(streams, () => this.call(method, [{}, options, streams.kinds.x], { signal, onEvent }));
  }

  /** Disposing again does nothing. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    // a worker that has ended has freed it
    this.#connection.call('dispose', [this.#number]).catch(() => undefined);
  }

  /** Its number, while it lives. */
  get #live(): number {
    if (this.#disposed) throw new Error(`${this.#name} has been disposed of`);
    return this.#number;
  }
}
