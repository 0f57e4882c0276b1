/** Postgres, by pg and the backend that BullMQ has for it. */
import { isError, messageOf } from '../../validate.ts';
import { type Bull, CONNECTING, type Connect, imported } from './server.ts';

/** What is used of pg. */
interface Pool {
  on(event: 'error', listener: (error: unknown) => void): unknown;
  on(event: 'connect', listener: (client: Pick<Pool, 'on'>) => void): unknown;
  connect(): Promise<{ release(): void }>;
  query(text: string): Promise<unknown>;
  end(): Promise<void>;
}

export const POSTGRES = 'npm install bullmq@6 pg@8';
/** Connections of a program, at most: one or two listen, the others are for short queries. */
const CONNECTIONS = 5;
/** Milliseconds between attempts to reach a server that is away. */
const TRYING = 500;

export const connectPostgres: Connect = async (bull, { href, shown }, watched) => {
  const loaded = (await imported('pg', POSTGRES)) as { default: { Pool: new (options: object) => Pool } };
  if (bull.createPostgresBackend === undefined) throw new Error(`this bullmq has no backend for Postgres: ${POSTGRES}`);
  // BullMQ cannot make a pool itself in an ES module. Its tables are in a schema of its name. What the queue says need not be on a disk: the journal of the sweep is the truth.
  // The limit of time is for the wait for a free connection, too.
  const pool = new loaded.default.Pool({
    ...{ connectionString: href, max: CONNECTIONS, connectionTimeoutMillis: 3 * CONNECTING, keepAlive: true },
    ...{ options: '-c search_path=bullmq -c synchronous_commit=off', application_name: 'simdescent' },
  });
  let [ended, there] = [false, true];
  const isThere = () =>
    pool.query('select 1').then(
      () => true,
      () => false,
    );
  const watch = async (error: unknown): Promise<void> => {
    if (ended || !there || (await isThere()) || ended || !there) return;
    there = false;
    watched.away(`${shown} is away (${wordsOf(error)}); trying again`);
    while (!ended && !there) {
      await new Promise((resolve) => setTimeout(resolve, TRYING));
      there = await isThere();
    }
    if (!ended) watched.back();
  };
  pool.on('error', watch);
  // one that is in use but asks nothing has no other listener, and an error without a listener would end the program
  pool.on('connect', (client) => client.on('error', watch));
  try {
    await prepare(bull, pool);
  } catch (error) {
    await pool.end();
    throw new Error(`${shown} cannot be reached: ${wordsOf(error)}`, { cause: error });
  }
  return {
    ...{ connection: pool, listening: pool, backend: bull.createPostgresBackend },
    trouble: (error) => void watch(error),
    async end() {
      ended = true;
      await pool.end();
    },
  };
};

/** Makes BullMQ's tables where they are missing or old, which one of several programs that begin at the same time does. */
async function prepare({ assertSchemaCompatibility, runMigrations, LATEST_SCHEMA_VERSION }: Bull, pool: Pool) {
  const client = await pool.connect();
  try {
    const version = await assertSchemaCompatibility(client).catch((error: unknown) => {
      if (isError(error) && error.name === 'SchemaMigrationRequiredError') return 0;
      throw error;
    });
    if (version < LATEST_SCHEMA_VERSION) await runMigrations(client);
  } finally {
    client.release();
  }
}

/** What a connection that failed says: with several addresses the message is empty. */
const wordsOf = (error: unknown): string =>
  messageOf(error) || (isError(error) ? String(Reflect.get(error, 'code')) : 'no connection');
