/** Answers requests: calls the host's methods and sends back what comes of them. */
import { createHost } from './host.ts';
import { type Abort, failureOf, type Reply, type Request, transfersOf } from './protocol.ts';

type Method = (call: object, ...args: readonly unknown[]) => unknown;

/** Listens to what `post` answers; returns what is to be called with every message. */
export function serve(post: (reply: Reply, transfer: ArrayBuffer[]) => void): (message: Request | Abort) => void {
  const methods = new Map(Object.entries(createHost())) as ReadonlyMap<string, Method>;
  const running = new Map<number, AbortController>();

  async function answer({ id, method, args }: Request): Promise<void> {
    const controller = new AbortController();
    running.set(id, controller);
    try {
      const call = {
        signal: controller.signal,
        emit: (event: string, value: unknown) => post({ id, event, value }, []),
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
    else void answer(message);
  };
}
