/** What workers ask over HTTP, checked: who asks, from where, how much. What they send is data; nothing of it is run. */
import type { IncomingMessage } from 'node:http';
import { joined } from '../../files/joined.ts';
import { getBuiltin } from '../../files/modules.ts';
import { decodeUtf8 } from '../../utf8.ts';
import { isObject, messageOf, show, unshared } from '../../validate.ts';
import { VERSION } from '../../version.ts';
import { type Board, Refused } from './board.ts';

/** Bytes of an answer, which has some 200 for each epoch. */
const MOST_BYTES = 4_000_000;
/** Milliseconds that a request for a job waits for one: less than proxies allow. */
const WAITING = 20_000;
const LABEL = /^[\w.-]{1,40}$/;

export interface Access {
  readonly token: string;
  /** Other origins whose pages may ask. */
  readonly origins: readonly string[];
}

/** 128 random bits. */
export const randomKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

/** Whether two secrets are the same, in a time that does not tell how much of them is. */
function isSame(a: string, b: string): boolean {
  const crypto = getBuiltin()?.('node:crypto');
  if (crypto === undefined) throw new Error('serving a sweep needs Node 20.19 or newer');
  const hash = (text: string) => crypto.createHash('sha256').update(text).digest();
  return crypto.timingSafeEqual(hash(a), hash(b));
}

/** @returns the origin to name in the answer, if it is another one */
export function originOf({ headers }: IncomingMessage, { origins }: Access): string | undefined {
  const { origin, host } = headers;
  if (origin === undefined || (URL.canParse(origin) && new URL(origin).host === host)) return undefined;
  if (!origins.includes(origin)) throw new Refused(403, `pages of ${show(origin)} may not ask here`);
  return origin;
}

function checkToken({ headers }: IncomingMessage, { token }: Access): void {
  const given = /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
  if (!isSame(given, token)) throw new Refused(401, 'the token of the link is wrong: ask for the link again');
}

/** The body as JSON. @throws Refused if it is too large or no object */
async function bodyOf(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const tooLarge = () => new Refused(413, `a request may have ${MOST_BYTES} bytes`);
  if (Number(request.headers['content-length'] ?? 0) > MOST_BYTES) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let length = 0;
  // the answer needs the connection, whatever is left of the body
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > MOST_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  try {
    const value: unknown = JSON.parse(decodeUtf8(unshared(joined(chunks))));
    if (isObject(value) && !Array.isArray(value)) return value as Readonly<Record<string, unknown>>;
    throw new TypeError(`got ${show(value)}`);
  } catch (error) {
    throw new Refused(400, `expected a JSON object (${messageOf(error)})`);
  }
}

const textIn = (body: Readonly<Record<string, unknown>>, name: string): string => {
  const value = body[name];
  if (typeof value !== 'string' || value.length > 100) throw new Refused(400, `expected ${name}, got ${show(value)}`);
  return value;
};

/** What the request asks of the board. @throws Refused */
export async function answerTo(
  board: Board,
  what: string,
  request: IncomingMessage,
  access: Access,
  closed: AbortSignal,
): Promise<unknown> {
  if (request.method !== 'POST') throw new Refused(405, 'expected POST');
  checkToken(request, access);
  const body = await bodyOf(request);
  if (board.ended) {
    if (what === 'take') return goodbye(board, body.key);
    throw new Refused(410, 'the sweep has ended');
  }
  if (what === 'join') return join(board, body);
  const key = textIn(body, 'key');
  if (what === 'leave') {
    board.leave(key);
    return {};
  }
  if (what === 'take') {
    const guest = board.guest(key);
    const taken = await board.take(guest, AbortSignal.any([closed, AbortSignal.timeout(WAITING)]));
    if (taken !== undefined && closed.aborted) board.giveBack(guest, taken.id);
    if (board.ended) return goodbye(board, key);
    // one that was sent away meanwhile
    board.guest(key);
    return taken ?? {};
  }
  const id = textIn(body, 'id');
  if (what === 'say') return { wanted: board.say(board.guest(key), id, body.what) };
  if (what === 'back') board.giveBack(board.guest(key), id);
  else if (what === 'answer') board.answer(key, id, body.reply);
  else throw new Refused(404, 'not found');
  return {};
}

/** What a guest hears that asks for a job after the end. */
function goodbye(board: Board, key: unknown): unknown {
  if (typeof key === 'string') board.leave(key);
  return { ended: true };
}

function join(board: Board, { simdescent, label }: Readonly<Record<string, unknown>>): unknown {
  if (simdescent !== VERSION)
    throw new Refused(
      409,
      `the sweep is of simdescent ${VERSION}, and this is ${show(simdescent)}, which may give other bits: npm install simdescent@${VERSION}`,
    );
  if (typeof label !== 'string' || !LABEL.test(label)) throw new Refused(400, `expected a label, got ${show(label)}`);
  const key = randomKey();
  return { key, worker: board.join(key, label).name };
}
