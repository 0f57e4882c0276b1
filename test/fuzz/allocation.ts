/**
 * Watches what is allocated: import it before anything else. Every typed array and buffer that is made by its name counts, by `new` or by `from`; views of a
 * buffer and slices of an array do not, because they are no larger than what there is.
 */
let largest = 0;

const isBuffer = (value: unknown): boolean => value instanceof ArrayBuffer || value instanceof SharedArrayBuffer;

const KINDS = [
  ...['ArrayBuffer', 'Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array'],
  ...['Uint32Array', 'Float32Array', 'Float64Array', 'BigInt64Array', 'BigUint64Array'],
];
const all = globalThis as unknown as Record<string, new (...args: unknown[]) => { readonly byteLength: number }>;
for (const kind of KINDS) {
  const Own = all[kind];
  if (Own === undefined) throw new Error(`there is no ${kind}`);
  const watched: typeof Own = new Proxy(Own, {
    construct(target, args, by) {
      const made = Reflect.construct(target, args, by === watched ? target : by);
      if (!isBuffer(args[0])) largest = Math.max(largest, made.byteLength);
      return made;
    },
  });
  all[kind] = watched;
}

/** Bytes of the largest that was made since the last call. */
export function largestMade(): number {
  const found = largest;
  largest = 0;
  return found;
}
