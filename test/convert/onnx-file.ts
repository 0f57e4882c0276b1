/** ONNX files of a few nodes, by their protocol buffers. */
import type { Attribute, Node, Tensor } from '../../src/convert/onnx/proto.ts';
import { writeModel } from '../../src/convert/onnx/write-proto.ts';

interface Given {
  readonly nodes: readonly (readonly [
    op: string,
    inputs: readonly string[],
    output: string,
    attributes?: Readonly<Record<string, Attribute>>,
  ])[];
  readonly constants?: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly data: readonly number[];
  }[];
  readonly integers?: Readonly<Record<string, readonly number[]>>;
  readonly external?: {
    readonly name: string;
    readonly shape: readonly number[];
    readonly location: string;
    readonly offset: number;
    readonly length: number;
  };
  /** Of one sample of the input x; -1: any size. */
  readonly shape?: readonly number[];
  /** Of the constants. */
  readonly type?: number;
}

/** A file whose input is x and whose output is y. */
export function onnxFile({ nodes, constants = [], integers = {}, external, shape = [2], type = 1 }: Given): Uint8Array {
  const floats = constants.map(
    ({ name, shape: dims, data }): Tensor => ({
      name,
      dims,
      type,
      raw: new Uint8Array(Float32Array.from(data).buffer),
    }),
  );
  const ints = Object.entries(integers).map(
    ([name, values]): Tensor => ({
      name,
      dims: [values.length],
      type: 7,
      raw: new Uint8Array(BigInt64Array.from(values, BigInt).buffer),
    }),
  );
  const elsewhere: Tensor[] =
    external === undefined
      ? []
      : [
          {
            name: external.name,
            dims: external.shape,
            type,
            external: new Map(
              Object.entries({
                location: external.location,
                offset: String(external.offset),
                length: String(external.length),
              }),
            ),
          },
        ];
  const sizes = [undefined, ...shape.map((size) => (size < 0 ? undefined : size))];
  return writeModel({
    opset: 17,
    graph: {
      name: 'test',
      nodes: nodes.map(
        ([op, inputs, output, attributes = {}]): Node => ({
          name: '',
          op,
          domain: '',
          inputs,
          outputs: [output],
          attributes: new Map(Object.entries(attributes)),
        }),
      ),
      initializers: [...floats, ...ints, ...elsewhere],
      inputs: [{ name: 'x', type: 1, shape: sizes }],
      outputs: [{ name: 'y', type: 1, shape: undefined }],
    },
  });
}
