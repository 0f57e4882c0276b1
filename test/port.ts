/** Ports for programs that have to be told one. */
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below those that systems give to who asks for any, connections that go out included: nobody gets one of these by chance. */
const [FIRST, END] = [15_000, 32_000];

/** A port of 127.0.0.1 that nobody listens on, and that stays free while its program is started, or killed and started again. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST, END);
    const server = createServer().listen(port, '127.0.0.1');
    const free = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (!free) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}
