/** Writes the protocol buffers of an ONNX file, with pbf. */
import { PbfWriter } from 'pbf';
import type { Attribute, Graph, Model, Node, Port, Tensor } from './proto.ts';

/** Numbers of the kinds of attributes. */
const KINDS = { f: 1, i: 2, s: 3, floats: 6, ints: 7 } as const;

function writePair([key, value]: readonly [string, string], pbf: PbfWriter): void {
  pbf.writeStringField(1, key);
  pbf.writeStringField(2, value);
}

function writeTensor({ name, dims, type, raw, external }: Tensor, pbf: PbfWriter): void {
  for (const size of dims) pbf.writeVarintField(1, size);
  pbf.writeVarintField(2, type);
  pbf.writeStringField(8, name);
  if (raw !== undefined) pbf.writeBytesField(9, raw);
  if (external === undefined) return;
  for (const pair of external) pbf.writeMessage(13, writePair, pair);
  pbf.writeVarintField(14, 1);
}

function writeAttribute([name, { f, i, s, floats, ints }]: readonly [string, Attribute], pbf: PbfWriter): void {
  pbf.writeStringField(1, name);
  let kind: number = KINDS.s;
  if (f !== undefined) {
    kind = KINDS.f;
    pbf.writeFloatField(2, f);
  } else if (i !== undefined) {
    kind = KINDS.i;
    pbf.writeVarintField(3, i);
  } else if (floats !== undefined) {
    kind = KINDS.floats;
    for (const one of floats) pbf.writeFloatField(7, one);
  } else if (ints !== undefined) {
    kind = KINDS.ints;
    for (const one of ints) pbf.writeVarintField(8, one);
  } else pbf.writeStringField(4, s ?? '');
  pbf.writeVarintField(20, kind);
}

function writeNode({ name, op, inputs, outputs, attributes }: Node, pbf: PbfWriter): void {
  for (const input of inputs) pbf.writeStringField(1, input);
  for (const output of outputs) pbf.writeStringField(2, output);
  pbf.writeStringField(3, name);
  pbf.writeStringField(4, op);
  for (const one of attributes) pbf.writeMessage(5, writeAttribute, one);
}

function writeSize(size: number | undefined, pbf: PbfWriter): void {
  if (size === undefined) pbf.writeStringField(2, 'batch');
  else pbf.writeVarintField(1, size);
}

function writeShape(shape: readonly (number | undefined)[], pbf: PbfWriter): void {
  for (const size of shape) pbf.writeMessage(1, writeSize, size);
}

function writeTensorType({ type, shape }: Port, pbf: PbfWriter): void {
  pbf.writeVarintField(1, type);
  if (shape !== undefined) pbf.writeMessage(2, writeShape, shape);
}

function writePort(port: Port, pbf: PbfWriter): void {
  pbf.writeStringField(1, port.name);
  pbf.writeMessage(2, (own: Port, within: PbfWriter) => within.writeMessage(1, writeTensorType, own), port);
}

function writeGraph({ name, nodes, initializers, inputs, outputs }: Graph, pbf: PbfWriter): void {
  for (const node of nodes) pbf.writeMessage(1, writeNode, node);
  pbf.writeStringField(2, name);
  for (const tensor of initializers) pbf.writeMessage(5, writeTensor, tensor);
  for (const port of inputs) pbf.writeMessage(11, writePort, port);
  for (const port of outputs) pbf.writeMessage(12, writePort, port);
}

/** The version of the file's format that came with a version of the operators. */
const formatOf = (opset: number): number => (opset < 19 ? 8 : 9);

/** The bytes of a file. */
export function writeModel({ opset, graph }: Model): Uint8Array<ArrayBuffer> {
  const pbf = new PbfWriter();
  pbf.writeVarintField(1, formatOf(opset));
  pbf.writeStringField(2, 'simdescent');
  pbf.writeMessage(7, writeGraph, graph);
  pbf.writeMessage(8, (version: number, within: PbfWriter) => within.writeVarintField(2, version), opset);
  return pbf.finish().slice();
}
