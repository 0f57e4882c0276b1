/** What has been sent of a page so far: to the page itself and, as they report it, to its workers. */

/** Bytes of each file as they were sent, compressed or not. */
export type Sent = Readonly<Record<string, number>>;

/** What this page or worker has asked for. */
export function sent(): Sent {
  const entries = [...performance.getEntriesByType('resource'), ...performance.getEntriesByType('navigation')];
  return Object.fromEntries(entries.map((entry) => [entry.name, (entry as PerformanceResourceTiming).encodedBodySize]));
}

/** All together; a file that several have asked for was sent once. None in Firefox if a service worker kept them all. */
export const total = (all: readonly Sent[]): number =>
  Object.values(Object.assign({}, ...all) as Sent).reduce((sum, size) => sum + size, 0);
