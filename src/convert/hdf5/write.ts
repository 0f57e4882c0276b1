/**
 * Writes HDF5 as h5py does by default: superblock 0, groups as a B-tree of one level over symbol tables, object headers 1, float32 in one piece.
 *
 *     superblock (96)
 *     for each group:    object header → B-tree → symbol tables of up to 8 entries; local heap of the names
 *     for each data set: object header with dataspace, datatype and layout; then its numbers
 */
import { encodeUtf8 } from '../../utf8.ts';
import type { ArrayOf } from '../described.ts';

/** Groups and arrays by name. */
export interface Tree {
  readonly [name: string]: Tree | ArrayOf;
}

/** Entries of a symbol table: twice the leaf K. */
const LEAF = 8;
const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];
/** IEEE 754 binary32, little-endian: class 1, version 1. */
const FLOAT32 = [0x11, 0x20, 0x1f, 0, 4, 0, 0, 0, 0, 0, 32, 0, 23, 8, 0, 23, 127, 0, 0, 0];

const isArray = (node: Tree | ArrayOf): node is ArrayOf => (node as ArrayOf).data instanceof Float32Array;
const aligned = (size: number): number => Math.ceil(size / 8) * 8;

/** Bytes that grow as they are written. */
class Sink {
  #bytes = new Uint8Array(4096);
  #view = new DataView(this.#bytes.buffer);
  #end = 0;

  get end(): number {
    return this.#end;
  }

  /** Room for so many bytes, zero; returns where it begins. */
  room(size: number): number {
    const at = this.#end;
    this.#end += aligned(size);
    if (this.#end > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#end, 2 * this.#bytes.length));
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return at;
  }

  put(at: number, bytes: ArrayLike<number>): void {
    this.#bytes.set(bytes, at);
  }

  short(at: number, value: number): void {
    this.#view.setUint16(at, value, true);
  }

  int(at: number, value: number): void {
    this.#view.setUint32(at, value, true);
  }

  long(at: number, value: number): void {
    this.#view.setUint32(at, value % 2 ** 32, true);
    this.#view.setUint32(at + 4, Math.floor(value / 2 ** 32), true);
  }

  done(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#end);
  }
}

/** Room for an object header with messages of these sizes; returns where the header and each message's data begin. */
function header(sink: Sink, messages: readonly (readonly [type: number, size: number])[]) {
  const sizes = messages.map(([, size]) => aligned(size));
  const body = sizes.reduce((sum, size) => sum + 8 + size, 0);
  const at = sink.room(16 + body);
  sink.put(at, [1]);
  sink.short(at + 2, messages.length);
  sink.int(at + 4, 1);
  sink.int(at + 8, body);
  let next = at + 16;
  const places = messages.map(([type], i) => {
    sink.short(next, type);
    sink.short(next + 2, sizes[i] ?? 0);
    next += 8 + (sizes[i] ?? 0);
    return next - (sizes[i] ?? 0);
  });
  return { at, places };
}

function writeArray(sink: Sink, { shape, data }: ArrayOf): number {
  const { at, places } = header(sink, [
    [1, 8 + 8 * shape.length],
    [3, FLOAT32.length],
    [8, 18],
  ]);
  const [space = 0, type = 0, layout = 0] = places;
  sink.put(space, [1, shape.length]);
  for (const [i, size] of shape.entries()) sink.long(space + 8 + 8 * i, size);
  sink.put(type, FLOAT32);
  sink.put(layout, [3, 1]);
  const numbers = sink.room(data.byteLength);
  sink.put(numbers, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  sink.long(layout + 2, numbers);
  sink.long(layout + 10, data.byteLength);
  return at;
}

/** Order of the names as bytes, by which B-trees find them: `10` comes before `2`. */
function byBytes(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return (a[i] ?? 0) - (b[i] ?? 0);
  return a.length - b.length;
}

function writeGroup(
  sink: Sink,
  tree: Tree,
  inner: number,
): { readonly at: number; readonly node: number; readonly heap: number } {
  const entries = Object.entries(tree)
    .map(([name, value]) => ({ name: encodeUtf8(name), value }))
    .sort((a, b) => byBytes(a.name, b.name));
  const { at, places } = header(sink, [[17, 16]]);
  const [table = 0] = places;
  // names end with a zero and begin on multiples of 8; the empty name comes first
  const starts: number[] = [];
  let size = 8;
  for (const { name } of entries) {
    starts.push(size);
    size += aligned(name.length + 1);
  }
  const heap = sink.room(32);
  const names = sink.room(size);
  sink.put(heap, encodeUtf8('HEAP'));
  sink.long(heap + 8, size);
  // no free space
  sink.long(heap + 16, 1);
  sink.long(heap + 24, names);
  for (const [i, { name }] of entries.entries()) sink.put(names + (starts[i] ?? 0), name);
  const node = sink.room(24 + 8 * (2 * inner + 1) + 8 * 2 * inner);
  const count = Math.ceil(entries.length / LEAF);
  sink.put(node, encodeUtf8('TREE'));
  sink.short(node + 6, count);
  for (const offset of [8, 16]) sink.put(node + offset, Array(8).fill(255));
  for (let i = 0; i < count; i++) {
    const own = entries.slice(i * LEAF, (i + 1) * LEAF);
    const leaf = sink.room(8 + 40 * LEAF);
    sink.put(leaf, encodeUtf8('SNOD'));
    sink.put(leaf + 4, [1]);
    sink.short(leaf + 6, own.length);
    for (const [j, { value }] of own.entries()) {
      const entry = leaf + 8 + 40 * j;
      sink.long(entry, starts[i * LEAF + j] ?? 0);
      if (isArray(value)) sink.long(entry + 8, writeArray(sink, value));
      else {
        const group = writeGroup(sink, value, inner);
        sink.long(entry + 8, group.at);
        sink.int(entry + 16, 1);
        sink.long(entry + 24, group.node);
        sink.long(entry + 32, group.heap);
      }
    }
    sink.long(node + 32 + 16 * i, leaf);
    // the key behind a child is its greatest name
    sink.long(node + 40 + 16 * i, starts[i * LEAF + own.length - 1] ?? 0);
  }
  sink.long(table, node);
  sink.long(table + 8, heap);
  return { at, node, heap };
}

const widest = (tree: Tree): number =>
  Math.max(Object.keys(tree).length, ...Object.values(tree).map((one) => (isArray(one) ? 0 : widest(one))));

/** The bytes of a file that holds the groups and arrays. */
export function writeHdf5(tree: Tree): Uint8Array<ArrayBuffer> {
  const inner = Math.max(16, Math.ceil(widest(tree) / LEAF / 2));
  const sink = new Sink();
  sink.room(96);
  const root = writeGroup(sink, tree, inner);
  sink.put(0, SIGNATURE);
  sink.put(13, [8, 8]);
  sink.short(16, LEAF / 2);
  sink.short(18, inner);
  sink.put(32, Array(8).fill(255));
  sink.long(40, sink.end);
  sink.put(48, Array(8).fill(255));
  sink.long(64, root.at);
  sink.int(72, 1);
  sink.long(80, root.node);
  sink.long(88, root.heap);
  return sink.done();
}
