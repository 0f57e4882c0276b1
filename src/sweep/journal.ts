/**
 * The journal of a sweep: what has been computed, one line each, from which a sweep goes on after any end.
 *
 *   {"sum":"0123456789abcdef","line":9,"synced":7,"entry":{...}}
 *
 * `sum` is the beginning of the SHA-256 of what follows, so that damage is found, and `line` its number, so that a line is missed. `synced` says how many lines the disk had
 * before this one was written: the last write may be there in part after a power cut, with holes. What is damaged, and not among the lines that a later one calls synced, is of
 * that write. It is left out, and its jobs are computed again. Any other damage is an error.
 */
import type { FileHandle } from 'node:fs/promises';
import { attempt, keepNames } from '../files/atomic.ts';
import { makeFolder } from '../files/make-folder.ts';
import { because, nodeFiles } from '../files/modules.ts';
import { sha256 } from '../sha256.ts';
import { decodeUtf8, encodeUtf8 } from '../utf8.ts';

const OPENING = '{"sum":"';
const LINE = /^\{"sum":"([0-9a-f]{16})",("line":(\d+),"synced":(\d+),"entry":(\{.*\})\})$/s;
const NEWLINE = 10;

/** A line that is not damaged. */
interface Line {
  readonly line: number;
  /** Lines that the disk had when it was written. */
  readonly synced: number;
  readonly entry: object;
}

const sumOf = (text: string): string => sha256([encodeUtf8(text)]).slice(0, 16);

/** A line of the file, with its end. */
export function textOf({ line, synced, entry }: Line): string {
  const text = `"line":${line},"synced":${synced},"entry":${JSON.stringify(entry)}}`;
  return `${OPENING}${sumOf(text)}",${text}\n`;
}

/** @returns undefined if it is damaged */
function lineFrom(bytes: Uint8Array<ArrayBuffer>): Line | undefined {
  try {
    const [, sum, text = '', line, synced, entry = ''] = LINE.exec(decodeUtf8(bytes)) ?? [];
    if (sum !== sumOf(text)) return undefined;
    return { line: Number(line), synced: Number(synced), entry: JSON.parse(entry) as object };
  } catch {
    return undefined;
  }
}

/**
 * The entries in the bytes of a journal, and how many of the bytes they take: what follows was being written when everything ended.
 *
 * @throws Error that names the first line that is damaged or missing, if the disk had it before others were written, or if this is no journal
 */
export function readEntries(bytes: Uint8Array<ArrayBuffer>, path: string): { entries: object[]; length: number } {
  const entries: object[] = [];
  let length = 0;
  let whole = true;
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(NEWLINE, at);
    const found = end < 0 ? undefined : lineFrom(bytes.subarray(at, end));
    at = end < 0 ? bytes.length : end + 1;
    const next = entries.length + 1;
    if (found === undefined) whole = false;
    else if (whole && found.line === next) {
      entries.push(found.entry);
      length = at;
    } else if (whole || found.synced >= next) throw damaged(path, next);
  }
  if (length === 0 && !isBeginning(bytes)) throw damaged(path, 1);
  return { entries, length };
}

/** Whether this may be what is left of a first line, so that nothing of somebody else is taken for a journal. */
function isBeginning(bytes: Uint8Array<ArrayBuffer>): boolean {
  const opening = encodeUtf8(OPENING);
  const isOne = [-1, bytes.length - 1].includes(bytes.indexOf(NEWLINE));
  return isOne && (bytes[0] === 0 || bytes.subarray(0, opening.length).every((byte, i) => byte === opening[i]));
}

const damaged = (path: string, line: number): Error =>
  new Error(`${path}: line ${line} is damaged; restore the file from a copy, or begin again with another folder`);

interface Waiting {
  readonly entry: object;
  resolve(): void;
  reject(error: unknown): void;
}

export class Journal {
  readonly path: string;
  /** What was there when it was opened. */
  readonly entries: readonly object[];
  /** Bytes behind them that a write left that did not end. They stay until something is written. */
  readonly leftOut: number;
  readonly #file: FileHandle;
  #lines: number;
  #size: number;
  /** Whether the file may have more, or the disk less, than is counted. */
  #unsure = true;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;

  private constructor(path: string, file: FileHandle, entries: readonly object[], size: number, leftOut: number) {
    this.path = path;
    this.entries = entries;
    this.leftOut = leftOut;
    this.#file = file;
    this.#lines = entries.length;
    this.#size = size;
  }

  /** Opens a journal, or begins one where there is none; changes nothing in one. @throws Error that names the file, or its damaged line */
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
      return new Journal(path, file, entries, length, bytes.length - length);
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
      try {
        await this.#add(batch.map(({ entry }) => entry));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        this.#unsure = true;
        await this.#settle().catch(() => undefined);
        const what = new Error(
          `${this.path}: cannot be written (${because(error)}); its ${this.#lines} lines are safe`,
          { cause: error },
        );
        for (const { reject } of batch) reject(what);
      }
    }
    this.#writing = undefined;
  }

  async #add(entries: readonly object[]): Promise<void> {
    if (this.#unsure) await this.#settle();
    const synced = this.#lines;
    const bytes = encodeUtf8(entries.map((entry, i) => textOf({ line: synced + i + 1, synced, entry })).join(''));
    for (let at = 0; at < bytes.length; ) {
      const { bytesWritten } = await this.#file.write(bytes, at, bytes.length - at, this.#size + at);
      at += bytesWritten;
    }
    await this.#file.datasync();
    this.#size += bytes.length;
    this.#lines += entries.length;
  }

  /** Cuts off what does not count, and has the disk keep the rest. */
  async #settle(): Promise<void> {
    await this.#file.truncate(this.#size);
    await this.#file.datasync();
    this.#unsure = false;
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#file.close();
  }
}
