/** Reading ONNX node by node: ONNX Runtime predicts the same. */
import { describe, expect, test } from 'vitest';
import { fromOnnx } from '../../src/convert/index.ts';
import { loadModel } from '../../src/index.ts';
import { difference, predict } from './models.ts';
import { onnxFile } from './onnx-file.ts';
import { onnxRuntime } from './onnx-runtime.ts';

describe('graphs of a few nodes: what ONNX Runtime computes, we compute too', () => {
  const numbers = (length: number) => Array.from({ length }, (_, i) => ((i * 31) % 17) / 8 - 1);
  const array = (name: string, ...shape: number[]) => ({
    name,
    shape,
    data: numbers(shape.reduce((product, size) => product * size, 1)),
  });
  const scalar = (name: string, value: number) => ({ name, shape: [], data: [value] });
  const ints = (...list: number[]) => ({ ints: list });
  const image = [2, 5, 6];
  const pool = (op: string, attributes: object) =>
    [op, ['x'], 'y', { kernel_shape: ints(3, 2), strides: ints(2, 2), ...attributes }] as const;

  test.each<[string, Parameters<typeof onnxFile>[0]]>([
    [
      'limits that are no activation',
      { nodes: [['Clip', ['x', 'a', 'b'], 'y']], constants: [scalar('a', -0.3), scalar('b', 0.4)] },
    ],
    ['an upper limit alone', { nodes: [['Min', ['x', 'a'], 'y']], constants: [scalar('a', 0.25)] }],
    ['a lower limit alone', { nodes: [['Max', ['a', 'x'], 'y']], constants: [scalar('a', -0.25)] }],
    [
      'a constant minus x, over a constant',
      {
        nodes: [
          ['Sub', ['a', 'x'], 'z'],
          ['Div', ['z', 'b'], 'y'],
        ],
        constants: [scalar('a', 0.5), array('b', 2)],
      },
    ],
    [
      'a sum along the first axis',
      { nodes: [['Add', ['x', 'a'], 'y']], constants: [array('a', 2, 1, 1)], shape: image },
    ],
    ['a product along two axes', { nodes: [['Mul', ['a', 'x'], 'y']], constants: [array('a', 2, 1, 6)], shape: image }],
    [
      'silu behind a product',
      {
        nodes: [
          ['Gemm', ['x', 'w'], 'a'],
          ['Sigmoid', ['a'], 'b'],
          ['Mul', ['a', 'b'], 'y'],
        ],
        constants: [array('w', 2, 3)],
      },
    ],
    [
      'softplus as PyTorch writes it, behind a product',
      {
        nodes: [
          ['Gemm', ['x', 'w'], 'a'],
          ['Softplus', ['a'], 'b'],
          ['Greater', ['a', 'c'], 'd'],
          ['Where', ['d', 'a', 'b'], 'y'],
        ],
        constants: [{ ...array('w', 2, 3), data: [90, 1, 2, -80, 3, 4] }, scalar('c', 20)],
      },
    ],
    [
      'softsign in pieces',
      {
        nodes: [
          ['Abs', ['x'], 'a'],
          ['Add', ['a', 'c'], 'b'],
          ['Div', ['x', 'b'], 'y'],
        ],
        constants: [scalar('c', 1)],
      },
    ],
    [
      'gelu in pieces behind a product',
      {
        nodes: [
          ['MatMul', ['x', 'w'], 'p'],
          ['Add', ['v', 'p'], 'a'],
          ['Div', ['a', 'c'], 'b'],
          ['Erf', ['b'], 'd'],
          ['Add', ['d', 'e'], 'f'],
          ['Mul', ['a', 'f'], 'g'],
          ['Mul', ['g', 'h'], 'y'],
        ],
        constants: [array('w', 2, 3), array('v', 3), scalar('c', Math.SQRT2), scalar('e', 1), scalar('h', 0.5)],
      },
    ],
    [
      'padding that cuts off on one side',
      { nodes: [['Pad', ['x', 's'], 'y']], integers: { s: [0, 0, 1, -2, 0, 0, -1, 1] }, shape: image },
    ],
    [
      'padding of the channels',
      { nodes: [['Pad', ['x', 's'], 'y']], integers: { s: [0, 1, 0, 0, 0, 1, 0, 0] }, shape: image },
    ],
    [
      'slices from the end',
      {
        nodes: [['Slice', ['x', 'a', 'b', 'c'], 'y']],
        integers: { a: [-4, 1], b: [2 ** 40, -1], c: [2, -1] },
        shape: image,
      },
    ],
    [
      'axes of size 1 that come and go',
      {
        nodes: [
          ['Unsqueeze', ['x', 'a'], 'z'],
          ['Transpose', ['z'], 'b', { perm: ints(0, 2, 3, 1) }],
          ['Squeeze', ['b', 'c'], 'y'],
        ],
        integers: { a: [1], c: [3] },
        shape: [4, 3],
      },
    ],
    [
      'means over positions',
      {
        nodes: [
          ['ReduceMean', ['x'], 'z', { axes: ints(-1, 2), keepdims: { i: 0 } }],
          ['Gemm', ['z', 'w'], 'y'],
        ],
        constants: [array('w', 2, 2)],
        shape: image,
      },
    ],
    [
      'the largest of all but the last axis',
      { nodes: [['ReduceMax', ['x'], 'y', { axes: ints(1, 2) }]], shape: image },
    ],
    [
      'a shape that is computed',
      {
        nodes: [
          ['Shape', ['x'], 'a'],
          ['Gather', ['a', 'i'], 'b'],
          ['Concat', ['b', 'j'], 'c', { axis: { i: 0 } }],
          ['Reshape', ['x', 'c'], 'y'],
        ],
        integers: { i: [0], j: [-1] },
        shape: image,
      },
    ],
    [
      'means that count padding',
      { nodes: [pool('AveragePool', { pads: ints(1, 0, 1, 1), count_include_pad: { i: 1 } })], shape: image },
    ],
    ['means over what is left at the end', { nodes: [pool('AveragePool', { ceil_mode: { i: 1 } })], shape: [2, 6, 6] }],
    ['poolings that pad as TensorFlow', { nodes: [pool('MaxPool', { auto_pad: { s: 'SAME_UPPER' } })], shape: image }],
    [
      'a convolution with more padding in front',
      {
        nodes: [['Conv', ['x', 'w', 'v'], 'y', { auto_pad: { s: 'SAME_LOWER' }, strides: ints(2, 2) }]],
        constants: [array('w', 4, 1, 2, 3), array('v', 4)],
        shape: [1, 5, 6],
      },
    ],
    [
      'groups of several channels',
      {
        nodes: [['Conv', ['x', 'w'], 'y', { group: { i: 2 }, pads: ints(2, 0, 0, 1) }]],
        constants: [array('w', 6, 2, 2, 2)],
        shape: [4, 5, 4],
      },
    ],
    [
      'a transposed convolution that cuts off more behind',
      {
        nodes: [
          [
            'ConvTranspose',
            ['x', 'w'],
            'y',
            { strides: ints(2, 2), pads: ints(0, 1, 2, 1), output_padding: ints(1, 0) },
          ],
        ],
        constants: [array('w', 2, 3, 3, 4)],
        shape: image,
      },
    ],
    [
      'a transposed convolution of a sequence',
      {
        nodes: [
          ['ConvTranspose', ['x', 'w'], 'z', { strides: ints(2), pads: ints(1, 1) }],
          ['Relu', ['z'], 'y'],
        ],
        constants: [array('w', 2, 3, 4)],
        shape: [2, 5],
      },
    ],
    [
      'pixels that are repeated',
      {
        nodes: [['Resize', ['x', '', 'a'], 'y', { mode: { s: 'nearest' } }]],
        constants: [{ name: 'a', shape: [4], data: [1, 1, 2, 3] }],
        shape: image,
      },
    ],
    [
      'one value that is joined with itself',
      {
        nodes: [
          ['Relu', ['x'], 'a'],
          ['Concat', ['a', 'x', 'a'], 'z', { axis: { i: -2 } }],
          ['Softmax', ['z'], 'y', { axis: { i: 1 } }],
        ],
        shape: image,
      },
    ],
    [
      'a sum whose sides are in different orders',
      {
        nodes: [
          ['Conv', ['x', 'w'], 'a'],
          ['Transpose', ['x'], 'b', { perm: ints(0, 2, 3, 1) }],
          ['Transpose', ['b'], 'c', { perm: ints(0, 3, 1, 2) }],
          ['Mean', ['a', 'c', 'x'], 'y'],
        ],
        constants: [array('w', 2, 2, 1, 1)],
        shape: image,
      },
    ],
  ])('%s', async (_, given) => {
    const peer = await onnxRuntime();
    const file = onnxFile(given);
    const shape = [3, ...(given.shape ?? [2])];
    const x = Float32Array.from(numbers(shape.reduce((product, size) => product * size, 1)));
    const [theirs] = await peer.run(file, x, shape);
    const net = await loadModel(await fromOnnx(file));
    expect(difference([theirs?.data ?? []], await predict(net, x, shape))).toBeLessThan(1e-6);
    net.dispose();
  });
});
