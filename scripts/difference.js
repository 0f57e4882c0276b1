/** What turns one binary into another, as src/engine/difference.ts reads it. */

/** Shortest run that is copied: a copy costs about six bytes. */
const SHORTEST = 10;
/** Bytes that a run is looked up by, and the most places that are tried for each. */
const KEY = 8;
const PLACES = 64;

/**
 * Records of [count, that many new bytes, step, length]: after the new bytes, `length` bytes of `from` are copied, beginning `step`
 * bytes behind the end of the last copy (negative: before it). Numbers are LEB128, steps with their sign in the lowest bit.
 */
export function differenceOf(from, to) {
  const keyAt = (bytes, at) => bytes.toString('latin1', at, at + KEY);
  const places = new Map();
  for (let at = 0; at + KEY <= from.length; at++) {
    const key = keyAt(from, at);
    const known = places.get(key);
    if (known === undefined) places.set(key, [at]);
    else if (known.length < PLACES) known.push(at);
  }

  const out = [];
  const number = (value) => {
    for (; value > 127; value >>>= 7) out.push((value & 127) | 128);
    out.push(value);
  };
  let fresh = [];
  let end = 0; // of the last copy
  const record = (start, length) => {
    const step = start - end;
    number(fresh.length);
    out.push(...fresh);
    number(step < 0 ? (-step << 1) | 1 : step << 1);
    number(length);
    fresh = [];
    end = start + length;
  };

  for (let at = 0; at < to.length; ) {
    let [start, length] = [0, 0];
    for (const place of places.get(keyAt(to, at)) ?? []) {
      let run = 0;
      while (at + run < to.length && place + run < from.length && from[place + run] === to[at + run]) run++;
      const nearer = Math.abs(place - end) < Math.abs(start - end);
      if (run > length || (run === length && nearer)) [start, length] = [place, run];
    }
    if (length >= SHORTEST) {
      record(start, length);
      at += length;
    } else fresh.push(to[at++]);
  }
  if (fresh.length > 0) record(end, 0);
  return Buffer.from(out);
}
