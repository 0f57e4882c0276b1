/** The address of a queue, or of a sweep that serves its trials: it may hold a password or a token, and so is never shown whole. */
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

/** Whether it is the link of a sweep that serves its trials itself. */
export const isLink = (url: unknown): url is string => typeof url === 'string' && /^https?:/i.test(url);

/** @throws RangeError for a link without a token */
export function linkFrom(link: string): { origin: string; token: string } {
  const { origin = '', hash = '' } = URL.canParse(link) ? new URL(link) : {};
  const token = new URLSearchParams(hash.slice(1)).get('token') ?? '';
  if (origin === '' || token === '')
    throw new RangeError(
      'queue must be the whole link of a served sweep, like http://host:8080/#token=…, got one without its token',
    );
  return { origin, token };
}
