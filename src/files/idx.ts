/** An IDX file of unsigned bytes: type and number of axes, their sizes, the elements. */
export function idxOf({ data, shape }: { readonly data: Uint8Array; readonly shape: readonly number[] }): Uint8Array {
  const header = 4 + 4 * shape.length;
  const bytes = new Uint8Array(header + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x0800 + shape.length);
  for (const [axis, size] of shape.entries()) view.setUint32(4 + 4 * axis, size);
  bytes.set(data, header);
  return bytes;
}
