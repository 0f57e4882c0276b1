/**
 * Reads the protocol buffers of an ONNX file, with pbf. It does not check what a file claims, so this does: a message ends where its length says, within
 * the one around it; a field has the type that it must have; objects cost at most 20 bytes for each byte of the file. Numbers of arrays stay where they lie.
 */
import { PbfReader } from 'pbf';
import { decodeUtf8 } from '../../utf8.ts';
import { shorten, show, unshared } from '../../validate.ts';
import { type Attribute, type Graph, type Model, type Node, type Port, shortest, type Tensor } from './proto.ts';

const VARINT = 0;
const BYTES = 2;
const FIXED32 = 5;

const BYTES_PER_BYTE = 20;
const SLACK = 1024;
/** What V8 takes for an object of this kind, rounded up. */
const OBJECT = 128;
const NUMBER = 16;

class Damaged extends RangeError {}

class Fields {
  readonly #pbf: PbfReader;
  #end: number;
  #left: number;

  constructor(bytes: Uint8Array) {
    this.#pbf = new PbfReader(unshared(bytes));
    this.#end = bytes.length;
    this.#left = BYTES_PER_BYTE * bytes.length + SLACK;
  }

  /** Calls `field` with the number of each field of the message; a field that it does not read is passed over. */
  each(field: (number: number) => void): void {
    this.#take(OBJECT);
    this.#pbf.readFields(field, undefined, this.#end);
    if (this.#pbf.pos !== this.#end) this.#fail();
  }

  /** A message within. */
  message<T>(read: (fields: Fields) => T): T {
    const [outer, end] = [this.#end, this.#ending()];
    this.#end = end;
    const made = read(this);
    this.#end = outer;
    return made;
  }

  bytes(): Uint8Array {
    const end = this.#ending();
    const { buf, pos } = this.#pbf;
    this.#pbf.pos = end;
    return buf.subarray(pos, end);
  }

  text(): string {
    const bytes = this.bytes();
    this.#take(OBJECT / 4 + 2 * bytes.length);
    return decodeUtf8(bytes as Uint8Array<ArrayBuffer>);
  }

  integer(): number {
    this.#expect(VARINT);
    return this.#pbf.readVarint(true);
  }

  float(): number {
    this.#expect(FIXED32);
    if (this.#pbf.pos + 4 > this.#end) this.#fail();
    return this.#pbf.readFloat();
  }

  /** Adds integers, which come one by one or packed. */
  integers(to: number[]): void {
    if (this.#pbf.type === VARINT) {
      this.#take(NUMBER);
      to.push(this.integer());
      return;
    }
    const end = this.#ending();
    while (this.#pbf.pos < end) {
      this.#take(NUMBER);
      to.push(this.#pbf.readVarint(true));
    }
    if (this.#pbf.pos !== end) this.#fail();
  }

  /** Adds floats, which come one by one or packed. */
  floats(to: number[]): void {
    if (this.#pbf.type === FIXED32) {
      this.#take(NUMBER);
      to.push(this.float());
      return;
    }
    const bytes = this.bytes();
    this.#take(NUMBER * (bytes.length / 4));
    if (bytes.length % 4 !== 0) this.#fail();
    for (const one of new Float32Array(bytes.slice().buffer)) to.push(one);
  }

  /** The end of a part with a length of its own. */
  #ending(): number {
    this.#expect(BYTES);
    const length = this.#pbf.readVarint();
    const end = this.#pbf.pos + length;
    if (end > this.#end) this.#fail();
    return end;
  }

  #expect(type: number): void {
    if (this.#pbf.type !== type) this.#fail();
  }

  #take(bytes: number): void {
    this.#left -= bytes;
    if (this.#left < 0) throw new Damaged('the ONNX file holds more parts than a file of its length should');
  }

  #fail(): never {
    throw new Damaged(`the ONNX file is damaged at byte ${Math.min(this.#pbf.pos, this.#pbf.length)}`);
  }
}

function readTensor(fields: Fields): Tensor {
  const dims: number[] = [];
  const ints: number[] = [];
  const chunks: Uint8Array[] = [];
  const external = new Map<string, string>();
  const made: { name: string; type: number; raw?: Uint8Array; elsewhere: boolean } = {
    name: '',
    type: 0,
    elsewhere: false,
  };
  fields.each((number) => {
    if (number === 1) fields.integers(dims);
    else if (number === 2) made.type = fields.integer();
    else if (number === 4) chunks.push(fields.bytes());
    else if (number === 5 || number === 7) fields.integers(ints);
    else if (number === 8) made.name = fields.text();
    else if (number === 9) made.raw = fields.bytes();
    else if (number === 13) {
      const [key, value] = fields.message(readPair);
      external.set(key, value);
    } else if (number === 14) made.elsewhere = fields.integer() === 1;
  });
  const { name, type, raw, elsewhere } = made;
  if (chunks.length > 1) throw new Damaged(`the array ${show(name)} is in several pieces, expected one`);
  const own = { name, type, dims };
  if (elsewhere) return { ...own, external };
  if (raw !== undefined) return { ...own, raw };
  const [floats] = chunks;
  return floats !== undefined ? { ...own, floats } : { ...own, ints };
}

function readPair(fields: Fields): readonly [string, string] {
  const pair: [string, string] = ['', ''];
  fields.each((number) => {
    if (number === 1) pair[0] = fields.text();
    else if (number === 2) pair[1] = fields.text();
  });
  return pair;
}

function readAttribute(fields: Fields): readonly [string, Attribute] {
  let name = '';
  const made: { -readonly [key in keyof Attribute]: Attribute[key] } = {};
  const [floats, ints]: [number[], number[]] = [[], []];
  fields.each((number) => {
    if (number === 1) name = fields.text();
    else if (number === 2) made.f = shortest(fields.float());
    else if (number === 3) made.i = fields.integer();
    else if (number === 4) made.s = fields.text();
    else if (number === 5) made.t = fields.message(readTensor);
    else if (number === 7) fields.floats(floats);
    else if (number === 8) fields.integers(ints);
  });
  return [name, { ...made, floats, ints }];
}

function readNode(fields: Fields): Node {
  const [inputs, outputs]: [string[], string[]] = [[], []];
  const attributes = new Map<string, Attribute>();
  const made = { name: '', op: '', domain: '' };
  fields.each((number) => {
    if (number === 1) inputs.push(fields.text());
    else if (number === 2) outputs.push(fields.text());
    else if (number === 3) made.name = fields.text();
    else if (number === 4) made.op = fields.text();
    else if (number === 5) attributes.set(...fields.message(readAttribute));
    else if (number === 7) made.domain = fields.text();
  });
  return { ...made, inputs, outputs, attributes };
}

function readSize(fields: Fields): number | undefined {
  let size: number | undefined;
  fields.each((number) => {
    if (number === 1) size = fields.integer();
  });
  return size;
}

function readPort(fields: Fields): Port {
  const made: { name: string; type: number; shape: (number | undefined)[] | undefined } = {
    name: '',
    type: 0,
    shape: undefined,
  };
  const readShape = () =>
    fields.each((number) => {
      if (number === 1) made.shape?.push(fields.message(readSize));
    });
  const readTensorType = () =>
    fields.each((number) => {
      if (number === 1) made.type = fields.integer();
      else if (number === 2) {
        made.shape = [];
        fields.message(readShape);
      }
    });
  const readType = () =>
    fields.each((number) => {
      if (number === 1) fields.message(readTensorType);
    });
  fields.each((number) => {
    if (number === 1) made.name = fields.text();
    else if (number === 2) fields.message(readType);
  });
  return made;
}

function readGraph(fields: Fields): Graph {
  const nodes: Node[] = [];
  const initializers: Tensor[] = [];
  const [inputs, outputs]: [Port[], Port[]] = [[], []];
  let name = '';
  fields.each((number) => {
    if (number === 1) nodes.push(fields.message(readNode));
    else if (number === 2) name = fields.text();
    else if (number === 5) initializers.push(fields.message(readTensor));
    else if (number === 11) inputs.push(fields.message(readPort));
    else if (number === 12) outputs.push(fields.message(readPort));
    else if (number === 15) throw new Damaged('the ONNX file has sparse weights, which cannot be converted');
  });
  return { name, nodes, initializers, inputs, outputs };
}

/** The version of ONNX' own operators; 0 of others. */
function readOpset(fields: Fields): number {
  let [domain, version] = ['', 0];
  fields.each((number) => {
    if (number === 1) domain = fields.text();
    else if (number === 2) version = fields.integer();
  });
  return domain === '' || domain === 'ai.onnx' ? version : 0;
}

/**
 * The model in an ONNX file.
 *
 * @throws RangeError for bytes that are none
 */
export function readModel(bytes: Uint8Array): Model {
  let graph: Graph | undefined;
  let opset = 0;
  try {
    const fields = new Fields(bytes);
    fields.each((number) => {
      if (number === 7) graph = fields.message(readGraph);
      else if (number === 8) opset = Math.max(opset, fields.message(readOpset));
    });
  } catch (error) {
    if (error instanceof Damaged) throw new RangeError(error.message);
    throw new RangeError(`the ONNX file is damaged: ${shorten(String(Object(error).message))}`, { cause: error });
  }
  if (graph === undefined || opset === 0)
    throw new RangeError(`expected an ONNX file, got ${bytes.length} bytes without ${graph ? 'an opset' : 'a graph'}`);
  return { opset, graph };
}
