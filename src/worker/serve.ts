/** Answers requests: calls the host's methods and sends back what comes of them. */
import { createHost } from './host.ts';
import { failureOf, type Message, type Reply, type Request, transfersOf } from './protocol.ts';

type Method = (call: object, ...args: readonly unknown[]) => unknown;

/** Listens to what `post` answers; returns what is to be called with every message. */
export function serve(post: (reply: Reply, transfer: ArrayBuffer[]) => void): (message: Message) => void {
  const methods = new Map(Object.entries(createHost())) as ReadonlyMap<string, Method>;
  const running = new Map<number, AbortController>();
  const asked = new Map<number, (value: unknown) => void>();
  let asks = 0;

  /** Sends an event and waits for the answer, or for the end of the call. */
  async function ask(id: number, event: string, value: unknown, signal: AbortSignal): Promise<unknown> {
    signal.throwIfAborted();
    const number = ++asks;
    let abort = (): void => undefined;
    try {
      return await new Promise((resolve, reject) => {
        abort = () => reject(signal.reason);
        signal.addEventListener('abort', abort);
        asked.set(number, resolve);
        post({ id, event, value, ask: number }, transfersOf(value));
      });
    } finally {
      signal.removeEventListener('abort', abort);
      asked.delete(number);
    }
  }

  async function answer({ id, method, args }: Request): Promise<void> {
    const controller = new AbortController();
    running.set(id, controller);
    try {
      const call = {
        signal: controller.signal,
        emit: (event: string, value: unknown) => post({ id, event, value }, []),
        ask: (event: string, value: unknown) => ask(id, event, value, controller.signal),
      };
      const wanted = methods.get(method);
      if (wanted === undefined) throw new Error(`the worker knows no '${method}'`);
      const value = await wanted(call, ...args);
      post({ id, value }, transfersOf(value));
    } catch (error) {
      post({ id, error: failureOf(error) }, []);
    } finally {
      running.delete(id);
    }
  }

  return (message) => {
    if ('abort' in message) running.get(message.abort)?.abort();
    else if ('answer' in message) asked.get(message.answer)?.(message.value);
    else if ('ping' in message) post({ id: 0 }, []);
    else void answer(message);
  };
}
