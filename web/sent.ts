/** What has been sent of a page so far: to the page itself and, as they report it, to its workers. */

/** Bytes of each file as they were sent, compressed or not. */
export type Sent = Readonly<Record<string, number>>;

/** What this page or worker has asked for. */
export function sent(): Sent {
  const entries = [...performance.getEntriesByType('resource'), ...performance.getEntriesByType('navigation')];
  return Object.fromEntries(
    entries.map((entry) => [entry.name, 'encodedBodySize' in entry ? Number(entry.encodedBodySize) : 0]),
  );
}

/** All together; a file that several have asked for was sent once. */
export const total = (all: readonly Sent[]): number =>
  Object.values(Object.assign({}, ...all) as Sent).reduce((sum, size) => sum + size, 0);
