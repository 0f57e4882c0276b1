/** What an ONNX file holds, as far as both directions use it. Source: onnx/onnx.proto, whose field numbers read-proto.ts and write-proto.ts have. */

/** Types of elements, by the numbers of ONNX. */
export const FLOAT = 1;
export const INT32 = 6;
export const INT64 = 7;

/** An array in a file. Its numbers are in one of `raw`, `floats`, `ints` and `external`. */
export interface Tensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly type: number;
  /** Little-endian. */
  readonly raw?: Uint8Array;
  /** Little-endian float32. */
  readonly floats?: Uint8Array;
  readonly ints?: readonly number[];
  /** In another file: its `location`, `offset` and `length`. */
  readonly external?: ReadonlyMap<string, string>;
}

/** An attribute of a node: one of these. */
export interface Attribute {
  readonly f?: number;
  readonly i?: number;
  readonly s?: string;
  readonly t?: Tensor;
  readonly floats?: readonly number[];
  readonly ints?: readonly number[];
}

/** An operator on values, by their names; an optional input that is left out has the name ''. */
export interface Node {
  readonly name: string;
  readonly op: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
}

/** An input or output of the graph. */
export interface Port {
  readonly name: string;
  readonly type: number;
  /** With the axis of the batch; undefined: any size. */
  readonly shape: readonly (number | undefined)[] | undefined;
}

export interface Graph {
  readonly name: string;
  /** Each behind those whose outputs it takes. */
  readonly nodes: readonly Node[];
  readonly initializers: readonly Tensor[];
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

export interface Model {
  /** The version of ONNX' own operators. */
  readonly opset: number;
  readonly graph: Graph;
}

/** The shortest number that is this one as float32: 0.1 for what a file holds as 0.10000000149. */
export function shortest(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}
