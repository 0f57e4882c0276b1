/** The address of a queue, which may hold a password and so is never shown whole. */
import { checkKind } from './validate.ts';

const PROTOCOLS = ['redis:', 'rediss:', 'postgres:', 'postgresql:'];
const EXAMPLES = 'redis://host:6379 or postgres://host/database';

/** @throws TypeError or RangeError for anything but the address of a Redis or Postgres server */
export function addressOf(url: unknown): { href: string; shown: string } {
  checkKind(typeof url === 'string', 'queue', `an address like ${EXAMPLES}`, url);
  const read = URL.canParse(url) ? new URL(url) : undefined;
  if (read === undefined || !PROTOCOLS.includes(read.protocol) || read.hostname === '')
    // not the text itself: it may hold a password
    throw new RangeError(
      `queue must be an address like ${EXAMPLES} (rediss:// for TLS), got one that begins with '${url.split('://')[0]?.slice(0, 20)}'`,
    );
  return { href: url, shown: `${read.protocol}//${read.host}` };
}
