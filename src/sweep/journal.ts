/**
 * The journal of a sweep: what has been computed, one line each, from which a sweep goes on after any end.
 *
 *   {"sum":"0123456789abcdef","entry":{...}}
 *
 * `sum` is the beginning of the SHA-256 of the number of the line and the text of the entry, so a line that is damaged, missing or in another place is found. A line
 * counts when the disk has it. The last line may be torn; it is dropped, and its job is computed again.
 */
import type { FileHandle } from 'node:fs/promises';
import { attempt, keepNames } from '../files/atomic.ts';
import { makeFolder } from '../files/make-folder.ts';
import { because, nodeFiles } from '../files/modules.ts';
import { sha256 } from '../sha256.ts';
import { decodeUtf8, encodeUtf8 } from '../utf8.ts';

const LINE = /^\{"sum":"([0-9a-f]{16})","entry":(\{.*\})\}$/;
const NEWLINE = 10;

const sumOf = (number: number, text: string): string => sha256([encodeUtf8(`${number}:${text}`)]).slice(0, 16);

const lineOf = (number: number, entry: object): string => {
  const text = JSON.stringify(entry);
  return `{"sum":"${sumOf(number, text)}","entry":${text}}\n`;
};

/** The entry of a line, numbered from 1; undefined if it is damaged. */
function entryOf(number: number, line: Uint8Array<ArrayBuffer>): object | undefined {
  try {
    const [, sum, text = ''] = LINE.exec(decodeUtf8(line)) ?? [];
    return sum === sumOf(number, text) ? (JSON.parse(text) as object) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The entries in the bytes of a journal, and how many of the bytes they take.
 *
 * @throws Error that names the first damaged line, if it is not the last one
 */
export function readEntries(bytes: Uint8Array<ArrayBuffer>, path: string): { entries: object[]; length: number } {
  const entries: object[] = [];
  let at = 0;
  while (at < bytes.length) {
    const end = bytes.indexOf(NEWLINE, at);
    const entry = end < 0 ? undefined : entryOf(entries.length + 1, bytes.subarray(at, end));
    if (entry === undefined) {
      // whatever follows a torn line was never written
      if (end < 0 || end === bytes.length - 1) break;
      throw new Error(
        `${path}: line ${entries.length + 1} is damaged; restore the file from a copy, or begin again with another folder`,
      );
    }
    entries.push(entry);
    at = end + 1;
  }
  return { entries, length: at };
}

interface Waiting {
  readonly entry: object;
  resolve(): void;
  reject(error: unknown): void;
}

export class Journal {
  readonly path: string;
  /** What was there when it was opened. */
  readonly entries: readonly object[];
  readonly #file: FileHandle;
  #lines: number;
  #size: number;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;

  private constructor(path: string, file: FileHandle, entries: readonly object[], size: number) {
    this.path = path;
    this.entries = entries;
    this.#file = file;
    this.#lines = entries.length;
    this.#size = size;
  }

  /** Opens a journal, or begins one where there is none. @throws Error that names the file, or its damaged line */
  static async open(path: string): Promise<Journal> {
    const { fs, path: paths } = nodeFiles('a journal');
    const folder = paths.dirname(path);
    const file = await attempt(path, async () => {
      await makeFolder(folder);
      const opened = await fs.open(path, fs.constants.O_RDWR | fs.constants.O_CREAT, 0o666);
      await keepNames(folder);
      return opened;
    });
    try {
      const bytes = Uint8Array.from(await file.readFile());
      const { entries, length } = readEntries(bytes, path);
      if (length < bytes.length) await attempt(path, () => file.truncate(length));
      return new Journal(path, file, entries, length);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /**
   * Adds an entry; resolves when it is on the disk. Entries that come meanwhile are written together.
   *
   * @throws Error if it cannot be written; what was there before still is
   */
  append(entry: object): Promise<void> {
    const written = new Promise<void>((resolve, reject) => this.#waiting.push({ entry, resolve, reject }));
    this.#writing ??= this.#write();
    return written;
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0);
      const text = batch.map(({ entry }, i) => lineOf(this.#lines + i + 1, entry)).join('');
      try {
        await this.#add(encodeUtf8(text));
        this.#lines += batch.length;
        for (const { resolve } of batch) resolve();
      } catch (error) {
        await this.#file.truncate(this.#size).catch(() => undefined);
        const what = new Error(
          `${this.path}: cannot be written (${because(error)}); its ${this.#lines} lines are safe`,
          { cause: error },
        );
        for (const { reject } of batch) reject(what);
      }
    }
    this.#writing = undefined;
  }

  async #add(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const { bytesWritten } = await this.#file.write(bytes, at, bytes.length - at, this.#size + at);
      at += bytesWritten;
    }
    await this.#file.datasync();
    this.#size += bytes.length;
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#file.close();
  }
}
