/** `from` changed by a difference as scripts/difference.js writes it: records of new bytes and runs to copy. */
export function apply(difference: Uint8Array, from: Uint8Array): Uint8Array<ArrayBuffer> {
  const out: number[] = [];
  let at = 0;
  let end = 0; // of the last copy
  const number = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = difference[at++] ?? 0;
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  while (at < difference.length) {
    const fresh = number();
    out.push(...difference.subarray(at, at + fresh));
    at += fresh;
    const step = number();
    const start = end + (step & 1 ? -(step >> 1) : step >> 1);
    end = start + number();
    for (let i = start; i < end; i++) out.push(from[i] ?? 0);
  }
  return Uint8Array.from(out);
}
