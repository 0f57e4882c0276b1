/** Files that are nearly right: a model's file with a few things wrong in it, at every level: bytes, header, config, state. */
import fc from 'fast-check';

/** One thing to do wrong. `where` and `what` are taken modulo how many places and ways there are. */
export interface Mutation {
  readonly level: 'bytes' | 'header' | 'config' | 'state' | 'text';
  readonly where: number;
  readonly what: number;
}

export const mutations: fc.Arbitrary<readonly Mutation[]> = fc.array(
  fc.record({
    level: fc.constantFrom('bytes', 'header', 'config', 'state', 'text'),
    where: fc.nat(),
    what: fc.nat(),
  }),
  { minLength: 1, maxLength: 4 },
);

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** What no reader should trip over. */
const strange: readonly Json[] = [
  ...[
    null,
    true,
    false,
    '',
    'x',
    '__proto__',
    'constructor',
    'F64',
    'F32',
    'dense',
    'adam',
    '\u001b[31mred\u009b1m\n',
    [],
    {},
    [[]],
    [0],
    [{}],
  ],
  ...[0, -0, -1, 1, 2, 3, 4, 0.5, -0.5, 1e-300, 1e300, 2 ** 31, 2 ** 32, 2 ** 53 - 1, 2 ** 53, 2 ** 63, 1e21],
  ...[[1, 2 ** 53 - 1], [2 ** 40, 2 ** 40], Array(100).fill(1), Array(5000).fill(0), 'y'.repeat(5000)],
  ...[
    { className: 'dense', config: { units: 2 ** 53 - 1 } },
    { className: '__proto__', config: {} },
    { a: { b: { c: {} } } },
  ],
];

/** Every place in `value` that holds something, as its parent and its key. */
function placesIn(value: Json, places: [Json[] | { [key: string]: Json }, string][] = []) {
  if (typeof value !== 'object' || value === null) return places;
  for (const key of Object.keys(value)) {
    const parent = value as { [key: string]: Json };
    places.push([parent, key]);
    placesIn(parent[key] as Json, places);
  }
  return places;
}

/** Changes one place of `value`. */
function mutateJson(value: Json, { where, what }: Mutation): Json {
  const places = placesIn(value);
  const place = places[where % Math.max(1, places.length)];
  if (place === undefined) return structuredClone(strange[what % strange.length]) as Json;
  const [parent, key] = place as [{ [key: string]: Json }, string];
  const old = parent[key] as Json;
  const way = what % 8;
  const rest = Math.floor(what / 8);
  const other = places[rest % places.length] as [{ [key: string]: Json }, string];
  if (way === 0) delete parent[key];
  else if (way === 1 && typeof old === 'number') parent[key] = old + ([1, -1, 4, -4, 0.5, 2 ** 32][rest % 6] as number);
  else if (way === 2 && typeof old === 'number') parent[key] = -old;
  else if (way === 3) parent[`${key}${['', 'x', '/kernel', '\u001b[31m'][rest % 4]}`] = old;
  else if (way === 4) parent[['x', 'constructor', 'dtype', 'className', 'config'][rest % 5] as string] = old;
  else if (way === 5 && !JSON.stringify(other[0]).includes(JSON.stringify(parent)))
    parent[key] = structuredClone(other[0][other[1]] as Json);
  else if (way === 6 && Array.isArray(old)) parent[key] = [...old, ...old];
  else parent[key] = structuredClone(strange[rest % strange.length]) as Json;
  return value;
}

/** Changes some bytes, or how many there are. */
function mutateBytes(bytes: Uint8Array, { where, what }: Mutation): Uint8Array {
  const at = where % (bytes.length + 1);
  const rest = Math.floor(what / 6);
  switch (what % 6) {
    case 0:
      return bytes.slice(0, at);
    case 1:
      return bytes.slice(at);
    case 2: {
      const longer = new Uint8Array(bytes.length + (rest % 100));
      longer.set(bytes);
      return longer;
    }
    case 3:
      return new Uint8Array([
        ...bytes.subarray(0, at),
        ...bytes.subarray(at, at + (rest % 200)),
        ...bytes.subarray(at),
      ]);
    case 4: {
      // the length of the header
      const changed = bytes.slice();
      if (changed.length >= 8) changed[where % 8] = rest & 255;
      return changed;
    }
    default: {
      const changed = bytes.slice();
      if (changed.length > 0) changed[at % changed.length] = rest & 255;
      return changed;
    }
  }
}

/** Changes the text of a header where JSON would not: keys given twice, prototype keys, depth, what is no JSON. */
function mutateText(text: string, { where, what }: Mutation): string {
  const at = where % (text.length + 1);
  const pieces = [
    ...[
      '"__proto__":{"a":1},',
      '"dense/kernel":{},',
      '"__metadata__":{},',
      '[',
      '{',
      '"',
      '\\',
      ',',
      ':',
      '}',
      ']',
      '-',
      '.',
      'e9',
    ],
    ...[
      '9'.repeat(400),
      '['.repeat(200),
      '{"a":'.repeat(200),
      '\u0000',
      '\\u001b[31m',
      '\uD800',
      '\uFEFF',
      'é',
      'null',
      ' '.repeat(50),
    ],
  ];
  const piece = pieces[what % pieces.length] as string;
  const afterBrace = text.indexOf('{', at) + 1;
  return what % 2 === 0 && afterBrace > 0
    ? text.slice(0, afterBrace) + piece + text.slice(afterBrace)
    : text.slice(0, at) + piece + text.slice(at);
}

interface Parts {
  readonly header: string;
  readonly data: Uint8Array;
}

function split(bytes: Uint8Array): Parts | undefined {
  if (bytes.length < 8) return undefined;
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > bytes.length - 8) return undefined;
  return { header: new TextDecoder().decode(bytes.subarray(8, 8 + length)), data: bytes.subarray(8 + length) };
}

function join({ header, data }: Parts): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

function parsed(text: unknown): Json | undefined {
  try {
    return JSON.parse(text as string) as Json;
  } catch {
    return undefined;
  }
}

/** Does one thing wrong; what is too wrong already to do that stays as it is. */
function mutate(bytes: Uint8Array, mutation: Mutation): Uint8Array {
  if (mutation.level === 'bytes') return mutateBytes(bytes, mutation);
  const parts = split(bytes);
  if (parts === undefined) return bytes;
  const { data } = parts;
  if (mutation.level === 'text') return join({ header: mutateText(parts.header, mutation), data });
  const header = parsed(parts.header);
  if (header === undefined) return bytes;
  if (mutation.level === 'header') return join({ header: JSON.stringify(mutateJson(header, mutation)), data });
  if (typeof header !== 'object' || header === null) return bytes;
  const { __metadata__: metadata } = header as { __metadata__?: { [key: string]: Json } };
  const key = `simdescent.${mutation.level}`;
  const inner = parsed(metadata?.[key]);
  if (typeof metadata !== 'object' || metadata === null || inner === undefined) return bytes;
  metadata[key] =
    mutation.what % 5 === 0 ? mutateText(JSON.stringify(inner), mutation) : JSON.stringify(mutateJson(inner, mutation));
  return join({ header: JSON.stringify(header), data });
}

/** JSON with a few places changed, as it comes out of its text: what is left out of a list is null. */
export const mutatedJson = (value: Json, all: readonly Mutation[]): Json =>
  JSON.parse(JSON.stringify(all.reduce(mutateJson, structuredClone(value)))) as Json;

export const mutated = (bytes: Uint8Array, all: readonly Mutation[]): Uint8Array => all.reduce(mutate, bytes);
