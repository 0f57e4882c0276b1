/**
 * Unpacks LZMA (Igor Pavlov's format, as `xz --format=lzma` writes it), because the cores are a third smaller than with gzip and no
 * host has a synchronous decompressor. Only for what the build has packed: it checks nothing.
 */

// Where each kind of decision keeps its probabilities. The encoder's properties are the usual lc = 3, lp = 0, pb = 2.
const IS_MATCH = 0; // [state][position & 3]
const IS_REPEAT = 48; // [state], and so are the next three
const NOT_LAST = 60;
const NOT_SECOND = 72;
const NOT_THIRD = 84;
const IS_LONG = 96; // [state][position & 3]
const SLOT = 144; // [length][64]
const DISTANCE = 400;
const ALIGN = 515;
const LENGTH = 531; // two flags, low [position & 3][8], middle [position & 3][8], high [256]
const REPEAT_LENGTH = LENGTH + 322;
const LITERAL = REPEAT_LENGTH + 322; // [high bits of the byte before][0x300]

/** Bytes before the decisions: the header, of which only the size differs, and a byte that is always 0. */
export const HEADER = 14;

/** The first `size` bytes of the content. `packed` is the file without its {@link HEADER}, a character a byte, as `atob` gives it. */
export function unpack(packed: string, size: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(size);
  const odds = new Uint16Array(LITERAL + 8 * 0x300).fill(1024);
  let at = 0;
  // unsigned numbers kept as signed integers, which engines need not put on the heap
  let range = 0;
  let code = 0;
  const shift = (): void => {
    range <<= 8;
    code = (code << 8) | packed.charCodeAt(at++);
  };
  for (let i = 0; i < 4; i++) shift();
  range = -1;

  const bit = (index: number): number => {
    const odd = odds[index] ?? 0;
    const bound = (range >>> 11) * odd;
    const one = code >>> 0 < bound ? 0 : 1;
    if (one) {
      range = (range - bound) | 0;
      code = (code - bound) | 0;
      odds[index] = odd - (odd >> 5);
    } else {
      range = bound | 0;
      odds[index] = odd + ((2048 - odd) >> 5);
    }
    if (range >>> 0 < 0x1000000) shift();
    return one;
  };
  /** Follows a tree of decisions that has `leaves` from node 1; the leaf's number, with a one before it. */
  const path = (base: number, leaves: number, from = 1): number => {
    let node = from;
    while (node < leaves) node = (node << 1) | bit(base + node);
    return node;
  };
  const tree = (base: number, leaves: number): number => path(base, leaves) - leaves;
  /** The same with the lowest bit first. */
  const reversed = (base: number, bits: number): number => {
    let node = 1;
    let value = 0;
    for (let i = 0; i < bits; i++) {
      const one = bit(base + node);
      node = (node << 1) | one;
      value |= one << i;
    }
    return value;
  };
  const even = (bits: number): number => {
    let value = 0;
    for (let i = 0; i < bits; i++) {
      range >>>= 1;
      const one = code >>> 0 < range ? 0 : 1;
      if (one) code = (code - range) | 0;
      value = (value << 1) | one;
      if (range >>> 0 < 0x1000000) shift();
    }
    return value;
  };
  const length = (base: number, place: number): number => {
    if (!bit(base)) return tree(base + 2 + place * 8, 8);
    return bit(base + 1) ? 16 + tree(base + 66, 256) : 8 + tree(base + 34 + place * 8, 8);
  };

  let state = 0;
  let [last, second, third, fourth] = [0, 0, 0, 0]; // distances minus one
  for (let n = 0; n < size; ) {
    const place = n & 3;
    if (!bit(IS_MATCH + state * 4 + place)) {
      const base = LITERAL + 0x300 * ((out[n - 1] ?? 0) >> 5);
      let node = 1;
      // after a match, the next byte is likely to differ from how the match would go on
      for (let other = out[n - last - 1] ?? 0; state > 6 && node < 256; other <<= 1) {
        const expected = (other >> 7) & 1;
        const one = bit(base + 256 + expected * 256 + node);
        node = (node << 1) | one;
        if (one !== expected) break;
      }
      out[n++] = path(base, 256, node);
      state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
      continue;
    }
    let count = 1;
    if (!bit(IS_REPEAT + state)) {
      [second, third, fourth] = [last, second, third];
      count = length(LENGTH, place);
      const slot = tree(SLOT + Math.min(count, 3) * 64, 64);
      last = slot;
      if (slot > 3) {
        const bits = (slot >> 1) - 1;
        last = (2 | (slot & 1)) << bits;
        last += slot < 14 ? reversed(DISTANCE + last - slot, bits) : even(bits - 4) * 16 + reversed(ALIGN, 4);
      }
      count += 2;
      state = state < 7 ? 7 : 10;
    } else {
      let long = 1;
      if (!bit(NOT_LAST + state)) long = bit(IS_LONG + state * 4 + place);
      else if (!bit(NOT_SECOND + state)) [last, second] = [second, last];
      else if (!bit(NOT_THIRD + state)) [last, second, third] = [third, last, second];
      else [last, second, third, fourth] = [fourth, last, second, third];
      if (long) count = 2 + length(REPEAT_LENGTH, place);
      state = state > 6 ? 11 : long ? 8 : 9;
    }
    while (count-- > 0 && n < size) {
      out[n] = out[n - last - 1] ?? 0;
      n++;
    }
  }
  return out;
}
