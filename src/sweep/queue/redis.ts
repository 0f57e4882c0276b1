/** Redis and Valkey, by ioredis. */
import { isError } from '../../validate.ts';
import { CONNECTING, type Connect, imported } from './server.ts';

/** What is used of ioredis. */
interface Client {
  on(event: string, listener: (error?: unknown) => void): unknown;
  connect(): Promise<void>;
  duplicate(): Client;
  disconnect(): void;
}

export const REDIS = 'npm install bullmq@6 ioredis@5';

export const connectRedis: Connect = async (_, { href, shown }, watched) => {
  const { Redis } = (await imported('ioredis', REDIS)) as { Redis: new (url: string, options: object) => Client };
  const client = new Redis(href, {
    ...{ maxRetriesPerRequest: null, lazyConnect: true, connectTimeout: CONNECTING },
    retryStrategy: (times: number) => Math.min(50 * 2 ** Math.min(times, 6), 2000),
  });
  let [ended, there] = [false, true];
  let why = 'the connection ended';
  client.on('error', (error) => {
    why = isError(error) ? error.message || String(Reflect.get(error, 'code')) : String(error);
  });
  try {
    await client.connect();
  } catch (error) {
    client.disconnect();
    throw new Error(`${shown} cannot be reached: ${why}`, { cause: error });
  }
  client.on('close', () => {
    if (!ended && there) watched.away(`${shown} is away (${why}); trying again`);
    there = false;
  });
  client.on('ready', () => {
    if (!there) watched.back();
    there = true;
  });
  const listening = client.duplicate();
  listening.on('error', () => undefined);
  return {
    ...{ connection: client, listening, backend: undefined },
    // the client hears of those
    trouble: () => undefined,
    async end() {
      ended = true;
      listening.disconnect();
      client.disconnect();
    },
  };
};
