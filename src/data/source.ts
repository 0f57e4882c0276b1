/** Where data come from: a path, an address, a file that a user chose, an answer of `fetch`, a stream, or bytes that are already here. */
import { joined } from '../files/joined.ts';
import { because, isNode, nodeFiles } from '../files/modules.ts';
import { isObject, show, tagOf } from '../validate.ts';

/** Pieces of a file, of any length. */
export type Pieces = AsyncIterable<Uint8Array | string> | ReadableStream<Uint8Array | string>;

/**
 * A path or an address as a string (in a browser relative to the page), a URL, a File or Blob, a Response, the bytes themselves, or
 * a stream of bytes or text.
 */
export type Source = string | URL | Blob | Response | ArrayBufferLike | ArrayBufferView | Pieces;

const KINDS = 'a path or address, a URL, a Blob, a Response, bytes, or a stream of them';
const PIECE = 2 ** 18;
const ADDRESS = /^(https?|blob|data):/i;

/** How Errors name a source. */
export const nameOf = (source: unknown): string => {
  if (typeof source === 'string') return shortened(source);
  const tag = tagOf(source);
  if (tag === 'URL') return shortened(String(source));
  return tag === 'File' ? show(Reflect.get(Object(source), 'name')) : `the ${tag}`;
};

const shortened = (text: string): string => show(text.startsWith('data:') ? `${text.slice(0, 30)}…` : text);

/** The contents, piece by piece. Nothing is read before it is asked for, and reading stops with the loop. */
async function* piecesOf(what: string, source: Source): AsyncGenerator<Uint8Array | string, void, undefined> {
  const tag = tagOf(source);
  if (typeof source === 'string' || tag === 'URL') {
    const text = String(source);
    if (text === '') throw new RangeError(`${what}: expected ${KINDS}, got an empty string`);
    if (isNode() && !ADDRESS.test(text)) yield* piecesOfFile(what, tag === 'URL' ? (source as URL) : text);
    else yield* piecesOfAnswer(await fetched(text), text);
  } else if (tag === 'Blob' || tag === 'File') yield* piecesOfStream(what, (source as Blob).stream());
  else if (tag === 'Response') yield* piecesOfAnswer(source as Response, (source as Response).url || 'the Response');
  else if (ArrayBuffer.isView(source)) yield new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  else if (/^(Shared)?ArrayBuffer$/.test(tag)) yield new Uint8Array(source as ArrayBuffer);
  else yield* piecesOfStream(what, source as Pieces);
}

async function fetched(address: string): Promise<Response> {
  try {
    return await fetch(address);
  } catch (error) {
    throw new Error(`${shortened(address)} cannot be fetched (${because(error)})`, { cause: error });
  }
}

async function* piecesOfAnswer(answer: Response, address: string): AsyncGenerator<Uint8Array, void, undefined> {
  const { ok, status, headers, body } = answer;
  // servers of pages answer so for a file that does not exist
  const page = headers.get('content-type')?.startsWith('text/html');
  if (!ok || !body || page) {
    await body?.cancel();
    const got = ok
      ? page
        ? 'a web page: the file is probably not there'
        : 'an answer without a body'
      : `HTTP ${status}`;
    throw new Error(`${shortened(address)}: expected a file, got ${got}`);
  }
  // a stream is not iterable in every browser
  const reader = body.getReader();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value;
  } finally {
    await reader.cancel();
  }
}

async function* piecesOfFile(what: string, path: string | URL): AsyncGenerator<Uint8Array, void, undefined> {
  const name = shortened(String(path));
  const file = await nodeFiles(what)
    .fs.open(path, 'r')
    .catch((error: unknown) => {
      throw new Error(`${name} cannot be read (${because(error)})`, { cause: error });
    });
  try {
    for (;;) {
      const { bytesRead, buffer } = await file.read(new Uint8Array(PIECE), 0, PIECE, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

async function* piecesOfStream(what: string, source: Pieces): AsyncGenerator<Uint8Array | string, void, undefined> {
  if (isObject(source) && 'getReader' in source) {
    const reader = source.getReader();
    try {
      for (let part = await reader.read(); !part.done; part = await reader.read()) yield piece(what, part.value);
    } finally {
      await reader.cancel();
    }
  } else if (isObject(source) && Symbol.asyncIterator in source) {
    for await (const part of source) yield piece(what, part);
  } else throw new TypeError(`${what}: expected ${KINDS}, got ${show(source)}`);
}

function piece(what: string, value: unknown): Uint8Array | string {
  if (typeof value === 'string') return value;
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  throw new TypeError(`${what}: expected a stream of bytes or text, got one with ${show(value)} in it`);
}

/** The whole contents as bytes. */
export async function bytesFrom(what: string, source: Source): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const part of piecesOf(what, source)) {
    if (typeof part === 'string') throw new TypeError(`${what}: expected bytes, got a stream of text`);
    pieces.push(part);
  }
  const [first] = pieces;
  if (first !== undefined && pieces.length === 1) return first;
  return joined(pieces);
}

/** The contents as text, decoded piece by piece; gzip is unpacked. */
export async function* textFrom(
  what: string,
  source: Source,
  encoding: string,
): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  const decode = (bytes?: Uint8Array): string => {
    try {
      return bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode();
    } catch {
      throw new TypeError(
        `${what}: ${nameOf(source)} is not ${decoder.encoding}; name its encoding, like { encoding: 'windows-1252' }`,
      );
    }
  };
  for await (const part of unpacked(piecesOf(what, source))) yield typeof part === 'string' ? part : decode(part);
  yield decode();
}

/** The same, unpacked if it is gzip. */
async function* unpacked(
  pieces: AsyncGenerator<Uint8Array | string, void, undefined>,
): AsyncGenerator<Uint8Array | string, void, undefined> {
  const first = await pieces.next();
  if (first.done) return;
  const { value } = first;
  if (typeof value === 'string' || value[0] !== 0x1f || value[1] !== 0x8b) {
    yield value;
    yield* pieces;
    return;
  }
  const packed = new ReadableStream<BufferSource>({
    start: (controller) => controller.enqueue(value as Uint8Array<ArrayBuffer>),
    async pull(controller) {
      const { done, value: next } = await pieces.next();
      if (done) controller.close();
      else controller.enqueue(next as Uint8Array<ArrayBuffer>);
    },
  });
  yield* piecesOfStream('gzip', packed.pipeThrough(new DecompressionStream('gzip')));
}
