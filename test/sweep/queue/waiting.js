// Prints how many orders wait in a queue: node waiting.js ADDRESS NAME
import { createPostgresBackend, Queue } from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';

const [url, name] = process.argv.slice(2);
const queue = url.startsWith('postgres')
  ? new Queue(
      name,
      { connection: new pg.Pool({ connectionString: url, options: '-c search_path=bullmq' }) },
      createPostgresBackend,
    )
  : new Queue(name, { connection: new Redis(url, { maxRetriesPerRequest: null }) });
console.log(await queue.getJobCountByTypes('waiting', 'prioritized'));
process.exit(0);
