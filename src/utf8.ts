/** UTF-8, by the host's own classes. Jest's jsdom hides the globals; Node's module has them all the same. */
const hidden = () => globalThis.process?.getBuiltinModule?.('node:util');

export function encodeUtf8(text: string): Uint8Array {
  const Encoder = globalThis.TextEncoder ?? hidden()?.TextEncoder;
  return new Encoder().encode(text);
}

/** @throws TypeError for bytes that are not UTF-8 */
export function decodeUtf8(bytes: Uint8Array<ArrayBuffer>): string {
  const Decoder = globalThis.TextDecoder ?? hidden()?.TextDecoder;
  return new Decoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}
