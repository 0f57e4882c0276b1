// What Bull Board shows of a queue, as JSON: node board.js ADDRESS
import { createRequire } from 'node:module';

// as the dashboard loads it, which asks whether a queue is one of its own BullMQ
const require = createRequire(import.meta.url);
const { createBullBoard } = require('@bull-board/api');
const { BullMQAdapter } = require('@bull-board/api/bullMQAdapter');
const { createPostgresBackend, Queue } = require('bullmq');
const { Redis } = require('ioredis');
const { Pool } = require('pg');

const [url] = process.argv.slice(2);
const queue = url.startsWith('postgres')
  ? new Queue(
      'simdescent',
      { connection: new Pool({ connectionString: url, options: '-c search_path=bullmq' }) },
      createPostgresBackend,
    )
  : new Queue('simdescent', { connection: new Redis(url, { maxRetriesPerRequest: null }) });
await queue.waitUntilReady();
const given = {};
const serverAdapter = new Proxy(
  {},
  {
    get: (_, name) => (value) => {
      given[name] = value;
      return serverAdapter;
    },
  },
);
createBullBoard({ queues: [new BullMQAdapter(queue)], serverAdapter, options: { uiBasePath: '.', uiConfig: {} } });
const { handler } = given.setApiRoutes.find(({ route }) => [route].flat().includes('/api/queues'));
const query = { activeQueue: 'simdescent', status: 'completed', page: '1' };
const { body } = await handler({ queues: given.setQueues, query, params: {}, headers: {}, body: {} });
console.log(JSON.stringify(body.queues));
process.exit(0);
