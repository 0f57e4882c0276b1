/** Cache Storage, where there is one: plain http pages and some private windows lack it, and a full disk refuses. */

export class FileCache {
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  async #open(): Promise<Cache | undefined> {
    try {
      return await globalThis.caches?.open(this.#name);
    } catch {
      return undefined;
    }
  }

  /** The bytes cached for this address. */
  async get(url: string): Promise<Uint8Array | undefined> {
    try {
      const kept = await (await this.#open())?.match(url);
      return kept && new Uint8Array(await kept.arrayBuffer());
    } catch {
      return undefined;
    }
  }

  /** Caches verified bytes. A failure costs a download next time, nothing now. */
  async put(url: string, bytes: Uint8Array): Promise<void> {
    try {
      const headers = { 'Content-Type': 'application/octet-stream', 'Content-Length': String(bytes.length) };
      await (await this.#open())?.put(url, new Response(new Blob([bytes.slice()]), { headers }));
    } catch {
      // no room, or no Cache Storage
    }
  }

  async drop(url: string): Promise<void> {
    await (await this.#open())?.delete(url).catch(() => false);
  }
}
