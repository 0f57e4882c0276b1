/**
 * HDF5 as Keras writes it, by h5py with its defaults: superblock 0, groups as B-trees of symbol tables, object headers 1, numbers in one piece.
 * Anything newer or packed is refused by its name. Groups are read once, addresses are checked before they are followed, and what is
 * read has an end, also where groups hold each other.
 *
 * Source: HDF5 File Format Specification 1.1, https://docs.hdfgroup.org/hdf5/develop/_f_m_t11.html
 */
import { decodeUtf8 } from '../../utf8.ts';
import { show, sizeOf, unshared } from '../../validate.ts';
import type { ArrayOf } from '../described.ts';

const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];
const MESSAGES = {
  dataspace: 1,
  datatype: 3,
  layout: 8,
  filters: 11,
  attribute: 12,
  continuation: 16,
  group: 17,
} as const;
/** Bytes of structure that may be read for each byte of the file, and beside that: files that Keras writes need a tenth of it. */
const PER_BYTE = 20;
const SLACK = 2 ** 16;
/** What opening an object costs, and each of its messages, as bytes. */
const OBJECT = 64;
const MESSAGE = 32;

/** An address that says that there is nothing. */
const NOWHERE = 2 ** 64;

interface Message {
  readonly type: number;
  readonly at: number;
  readonly size: number;
}

/** A type of elements: floats of 4 or 8 bytes, or texts. */
interface Type {
  readonly kind: 'float' | 'text' | 'texts' | 'other';
  readonly size: number;
  /** Bytes of its description. */
  readonly length: number;
}

/** What has been read of a group. */
interface GroupParts {
  readonly messages: readonly Message[];
  readonly entries: ReadonlyMap<string, number>;
}

export class Hdf5File {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  /** Bytes that may still be copied: each of the file once. */
  #left: number;
  /** Bytes of structure that may still be read, however often groups name each other. */
  #structure: number;
  /** Groups that have been read, by their addresses. */
  readonly #groups = new Map<number, GroupParts>();

  /** @throws RangeError for anything but an HDF5 file of the kind that Keras writes */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#left = bytes.length;
    this.#structure = PER_BYTE * bytes.length + SLACK;
    if (bytes.length < 96 || SIGNATURE.some((one, i) => bytes[i] !== one))
      throw new RangeError(`expected an HDF5 file, got ${bytes.length} bytes without its signature`);
    if (bytes[8] !== 0) this.#refuse(`superblock ${bytes[8]}`);
    if (bytes[13] !== 8 || bytes[14] !== 8 || this.#number(24) !== 0) this.#refuse('addresses of other than 8 bytes');
  }

  /** The group that holds all others. */
  get root(): Hdf5Group {
    return new Hdf5Group(this, this.#number(64), '');
  }

  #refuse(what: string): never {
    throw new RangeError(`the HDF5 file has ${what}, expected what Keras writes: superblock 0, float32 in one piece`);
  }

  /** Counts what is read beside numbers. */
  #take(bytes: number): void {
    this.#structure -= bytes;
    if (this.#structure < 0)
      throw new RangeError('the HDF5 file names more groups and texts than a file of its length should');
  }

  #check(at: number, size: number): void {
    if (at + size > this.#bytes.length)
      throw new RangeError(`the HDF5 file ends at byte ${this.#bytes.length}, but names bytes ${at} to ${at + size}`);
  }

  #byte(at: number): number {
    this.#check(at, 1);
    return this.#bytes[at] ?? 0;
  }

  #short(at: number): number {
    this.#check(at, 2);
    return this.#view.getUint16(at, true);
  }

  #int(at: number): number {
    this.#check(at, 4);
    return this.#view.getUint32(at, true);
  }

  #number(at: number): number {
    this.#check(at, 8);
    return this.#view.getUint32(at, true) + this.#view.getUint32(at + 4, true) * 2 ** 32;
  }

  #text(at: number, size: number): string {
    this.#check(at, size);
    const bytes = this.#bytes.subarray(at, at + size);
    const end = bytes.indexOf(0);
    this.#take(end < 0 ? size : end);
    try {
      return decodeUtf8(unshared(end < 0 ? bytes : bytes.subarray(0, end)));
    } catch {
      throw new RangeError('the HDF5 file has a text that is not UTF-8');
    }
  }

  #expect(at: number, letters: string): void {
    if (this.#text(at, 4) !== letters) this.#refuse(`no ${letters} at byte ${at}`);
  }

  /** The messages of an object. @internal */
  messagesOf(address: number): readonly Message[] {
    this.#take(OBJECT);
    if (this.#byte(address) !== 1)
      this.#refuse(`an object header of version ${this.#byte(address)} at byte ${address}`);
    const blocks: (readonly [at: number, end: number])[] = [[address + 16, address + 16 + this.#int(address + 8)]];
    const messages: Message[] = [];
    let total = this.#short(address + 2);
    for (let block = blocks.pop(); block !== undefined && total > 0; block = blocks.pop()) {
      let [at, end] = block;
      this.#check(at, end - at);
      while (at + 8 <= end && total-- > 0) {
        const [type, size] = [this.#short(at), this.#short(at + 2)];
        this.#take(MESSAGE);
        this.#check(at + 8, size);
        if (type === MESSAGES.continuation) {
          const start = this.#number(at + 8);
          blocks.push([start, start + this.#number(at + 16)]);
        } else messages.push({ type, at: at + 8, size });
        at += 8 + size;
      }
    }
    return messages;
  }

  /** What a group holds; reads it the first time. @internal */
  groupAt(address: number): GroupParts {
    this.#take(OBJECT);
    const known = this.#groups.get(address);
    if (known !== undefined) return known;
    const messages = this.messagesOf(address);
    const parts = { messages, entries: this.#entriesOf(messages) };
    this.#groups.set(address, parts);
    return parts;
  }

  /** Names and addresses of what a group holds. */
  #entriesOf(messages: readonly Message[]): ReadonlyMap<string, number> {
    const entries = new Map<string, number>();
    const table = messages.find(({ type }) => type === MESSAGES.group);
    if (table === undefined) {
      // links of newer files
      if (messages.some(({ type }) => type === 2 || type === 6)) this.#refuse('groups of a newer kind');
      return entries;
    }
    const [tree, heap] = [this.#number(table.at), this.#number(table.at + 8)];
    if (tree >= NOWHERE) return entries;
    this.#expect(heap, 'HEAP');
    const [size, names] = [this.#number(heap + 8), this.#number(heap + 24)];
    this.#check(names, size);
    const seen = new Set<number>();
    const open = [tree];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (seen.has(node)) throw new RangeError('the groups of the HDF5 file form a circle');
      seen.add(node);
      if (this.#text(node, 4) === 'TREE') {
        const count = this.#short(node + 6);
        this.#check(node, 24 + 16 * count);
        for (let i = count - 1; i >= 0; i--) open.push(this.#number(node + 32 + 16 * i));
      } else {
        this.#expect(node, 'SNOD');
        const count = this.#short(node + 6);
        this.#check(node, 8 + 40 * count);
        for (let i = 0; i < count; i++) {
          const entry = node + 8 + 40 * i;
          this.#take(MESSAGE);
          const name = this.#number(entry);
          if (name >= size) throw new RangeError('the HDF5 file has a name outside of its names');
          entries.set(this.#text(names + name, size - name), this.#number(entry + 8));
        }
      }
    }
    return entries;
  }

  #shapeAt(at: number): readonly number[] {
    const version = this.#byte(at);
    if (version !== 1 && version !== 2) this.#refuse(`a dataspace of version ${version}`);
    const rank = this.#byte(at + 1);
    const first = at + (version === 1 ? 8 : 4);
    const shape = Array.from({ length: Math.min(rank, 32) }, (_, i) => this.#number(first + 8 * i));
    if (rank > 32) this.#refuse(`${rank} axes`);
    return shape;
  }

  #typeAt(at: number): Type {
    const [head, bits, size] = [this.#byte(at), this.#byte(at + 1), this.#int(at + 4)];
    const kind = head & 15;
    if (kind === 1) {
      const plain = (bits & 1) === 0 && this.#short(at + 8) === 0 && this.#short(at + 10) === 8 * size;
      return { kind: plain && (size === 4 || size === 8) ? 'float' : 'other', size, length: 20 };
    }
    if (kind === 3) return { kind: 'text', size, length: 8 };
    return { kind: kind === 9 && (bits & 15) === 1 ? 'texts' : 'other', size, length: 8 };
  }

  /** The numbers of a data set. @internal */
  arrayOf(name: string, address: number): ArrayOf {
    const messages = this.messagesOf(address);
    const find = (type: number) => messages.find((message) => message.type === type);
    const [space, type, layout] = [find(MESSAGES.dataspace), find(MESSAGES.datatype), find(MESSAGES.layout)];
    if (space === undefined || type === undefined || layout === undefined)
      throw new RangeError(`${show(name)} in the HDF5 file is no data set`);
    const shape = this.#shapeAt(space.at);
    const { kind, size } = this.#typeAt(type.at);
    if (kind !== 'float') this.#refuse(`numbers of another type in ${show(name)}`);
    if (find(MESSAGES.filters) !== undefined) this.#refuse(`compressed numbers in ${show(name)}`);
    if (this.#byte(layout.at) !== 3) this.#refuse(`a layout of version ${this.#byte(layout.at)} in ${show(name)}`);
    const storage = this.#byte(layout.at + 1);
    if (storage > 1) this.#refuse(`numbers in pieces in ${show(name)}`);
    const start = storage === 0 ? layout.at + 4 : this.#number(layout.at + 2);
    const bytes = sizeOf(shape) * size;
    if (bytes === 0) return { shape, data: new Float32Array(0) };
    this.#check(start, bytes);
    const stored = storage === 0 ? this.#short(layout.at + 2) : this.#number(layout.at + 10);
    if (stored !== bytes) throw new RangeError(`${show(name)} in the HDF5 file has ${stored} bytes, expected ${bytes}`);
    this.#left -= bytes;
    if (this.#left < 0) throw new RangeError('the HDF5 file names the same bytes as numbers of several weights');
    const copy = this.#bytes.slice(start, start + bytes).buffer;
    return { shape, data: size === 4 ? new Float32Array(copy) : Float32Array.from(new Float64Array(copy)) };
  }

  /** A text that is an attribute of an object; undefined if it has none of that name. @internal */
  attributeOf(messages: readonly Message[], wanted: string): string | undefined {
    for (const { type, at } of messages) {
      if (type !== MESSAGES.attribute) continue;
      const version = this.#byte(at);
      const sizes = [2, 4, 6].map((offset) => this.#short(at + offset));
      const [name = 0, datatype = 0, dataspace = 0] =
        version === 1 ? sizes.map((one) => Math.ceil(one / 8) * 8) : sizes;
      const start = at + (version === 3 ? 9 : 8);
      if (this.#text(start, sizes[0] ?? 0) !== wanted) continue;
      const { kind, size } = this.#typeAt(start + name);
      const value = start + name + datatype + dataspace;
      if (kind === 'text') return this.#text(value, size);
      if (kind === 'texts') return this.#heapText(value);
      return undefined;
    }
    return undefined;
  }

  /** A text in a global heap. */
  #heapText(at: number): string {
    const [size, collection, wanted] = [this.#int(at), this.#number(at + 4), this.#int(at + 12)];
    this.#expect(collection, 'GCOL');
    const end = collection + this.#number(collection + 8);
    for (let one = collection + 16; one + 16 <= end; one += 16 + Math.ceil(this.#number(one + 8) / 8) * 8) {
      if (this.#short(one) !== wanted) continue;
      if (size > this.#number(one + 8)) break;
      return this.#text(one + 16, size);
    }
    throw new RangeError('the HDF5 file has an attribute without its text');
  }
}

/** A group: others and data sets by name. */
export class Hdf5Group {
  readonly #file: Hdf5File;
  readonly #messages: readonly Message[];
  readonly #entries: ReadonlyMap<string, number>;
  readonly path: string;

  /** @internal */
  constructor(file: Hdf5File, address: number, path: string) {
    this.#file = file;
    this.path = path;
    ({ messages: this.#messages, entries: this.#entries } = file.groupAt(address));
  }

  get names(): readonly string[] {
    return [...this.#entries.keys()];
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  #address(name: string): number {
    const address = this.#entries.get(name);
    if (address === undefined) throw new RangeError(`the HDF5 file has no ${show(`${this.path}/${name}`)}`);
    return address;
  }

  group(name: string): Hdf5Group {
    return new Hdf5Group(this.#file, this.#address(name), `${this.path}/${name}`);
  }

  array(name: string): ArrayOf {
    return this.#file.arrayOf(`${this.path}/${name}`, this.#address(name));
  }

  /** Whether an entry is a group, and not numbers. */
  isGroup(name: string): boolean {
    return this.#file.messagesOf(this.#address(name)).some(({ type }) => type === MESSAGES.group);
  }

  attribute(name: string): string | undefined {
    return this.#file.attributeOf(this.#messages, name);
  }
}
