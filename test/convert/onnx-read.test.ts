/** Reading ONNX: what PyTorch, TensorFlow and scikit-learn wrote predicts the same here, and what is refused. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fromOnnx } from '../../src/convert/index.ts';
import { loadModel } from '../../src/index.ts';
import { difference, predict } from './models.ts';
import { onnxFile } from './onnx-file.ts';

const fixture = (name: string) => readFileSync(new URL(`fixtures/${name}`, import.meta.url));

describe('what other programs wrote predicts the same here', () => {
  interface Case {
    readonly file: string;
    readonly by: string;
    readonly shape: number[];
    readonly x: number[];
    readonly output: number[];
    readonly options?: object;
  }
  const cases = JSON.parse(fixture('onnx.json').toString()) as Case[];
  test.each(cases)('$file, by $by', async ({ file, shape, x, output, options = {} }) => {
    const data = `${file}.data`;
    const files = (name: string) => (name === data ? fixture(data) : Promise.reject(new Error(name)));
    const net = await loadModel(await fromOnnx(fixture(file), { ...options, files }));
    expect(difference([output], await predict(net, Float32Array.from(x), shape))).toBeLessThan(1e-6);
    net.dispose();
  });
});

describe('refused', () => {
  const w = { name: 'w', shape: [2, 2], data: [1, 2, 3, 4] };
  test.each<[string, Parameters<typeof onnxFile>[0], RegExp]>([
    ['an operator that is not here', { nodes: [['LSTM', ['x', 'w'], 'y']] }, /node 'y' \(LSTM\)/],
    ['a part of gelu, with the way out', { nodes: [['Erf', ['x'], 'y']] }, /Erf.*opset 20/],
    ['a product of two values', { nodes: [['MatMul', ['x', 'x'], 'y']] }, /'y' \(MatMul\).*constant/],
    ['an input that no node makes', { nodes: [['Relu', ['z'], 'y']] }, /'y' \(Relu\).*'z'/],
    [
      'nodes in a circle',
      {
        nodes: [
          ['Add', ['x', 'y'], 'z'],
          ['Relu', ['z'], 'y'],
        ],
      },
      /'z' \(Add\).*'y'/,
    ],
    ['a matrix that does not fit', { nodes: [['Gemm', ['x', 'w'], 'y']], shape: [3] }, /'y' \(Gemm\).*\[2, 2\].*3/],
    [
      'a product that moves the batch',
      { nodes: [['Transpose', ['x'], 'y', { perm: { ints: [1, 0] } }]] },
      /'y' \(Transpose\).*perm/,
    ],
    [
      'reshaping across samples',
      { nodes: [['Reshape', ['x', 's'], 'y']], integers: { s: [-1, 4] } },
      /'y' \(Reshape\)/,
    ],
    ['samples without a fixed size', { nodes: [['Relu', ['x'], 'y']], shape: [-1] }, /'x' \(input\).*fixed/],
    ['weights of another type', { nodes: [['Gemm', ['x', 'w'], 'y']], type: 11 }, /'w'.*float32.*11/],
    [
      'weights of too few numbers',
      { nodes: [['Gemm', ['x', 'w'], 'y']], constants: [{ ...w, data: [1] }] },
      /'w'.*4 numbers.*1/,
    ],
    [
      'statistics of the batch',
      {
        nodes: [['BatchNormalization', ['x', 'b', 'b', 'b', 'b'], 'y', { training_mode: { i: 1 } }]],
        constants: [{ name: 'b', shape: [2], data: [1, 1] }],
      },
      /inference/,
    ],
  ])('%s', async (_, given, message) => {
    await expect(fromOnnx(onnxFile({ constants: [w], ...given }))).rejects.toThrow(message);
  });

  test('pooling over an edge where zeros would count', async () => {
    const pool = [
      'MaxPool',
      ['p'],
      'y',
      { kernel_shape: { ints: [3, 3] }, strides: { ints: [2, 2] }, pads: { ints: [1, 1, 1, 1] } },
    ] as const;
    const shape = [1, 8, 8];
    await expect(fromOnnx(onnxFile({ nodes: [['Identity', ['x'], 'p'], pool], shape }))).rejects.toThrow(
      /'y' \(MaxPool\)/,
    );
    const net = await loadModel(await fromOnnx(onnxFile({ nodes: [['Relu', ['x'], 'p'], pool], shape })));
    expect(net.layers.map(({ kind }) => kind)).toContain('zeroPadding2d');
    net.dispose();
  });

  test('numbers in other files that are not given, lie elsewhere, or are too short', async () => {
    const nodes = [['Gemm', ['x', 'w'], 'y']] as const;
    const file = (location: string) =>
      onnxFile({ nodes, external: { name: 'w', shape: [2, 2], location, offset: 8, length: 16 } });
    await expect(fromOnnx(file('weights.bin'))).rejects.toThrow(/'weights.bin'.*files/);
    const asked: string[] = [];
    const files = (name: string) => {
      asked.push(name);
      return new Uint8Array(20);
    };
    for (const path of ['../w', '/etc/hosts', 'https://example.org/w', '', 'a/../../w'])
      await expect(fromOnnx(file(path), { files })).rejects.toThrow(/outside of the model's folder/);
    expect(asked).toEqual([]);
    await expect(fromOnnx(file('weights.bin'), { files })).rejects.toThrow(/byte 8, 16 bytes long, of a file of 20/);
    const net = await loadModel(await fromOnnx(file('weights.bin'), { files: { 'weights.bin': new Uint8Array(24) } }));
    net.dispose();
  });

  test('options that do not fit', async () => {
    const file = onnxFile({ nodes: [['Relu', ['x'], 'y']] });
    await expect(fromOnnx(file, { outputs: ['z'] })).rejects.toThrow(/'z'.*'y'/);
    await expect(fromOnnx(file, { output: ['y'] } as never)).rejects.toThrow(RangeError);
    await expect(fromOnnx(5 as never)).rejects.toThrow(TypeError);
  });
});

describe('hostile files', () => {
  /** A message of one field with a length. */
  const field = (number: number, ...bytes: number[]) => [number * 8 + 2, ...bytes];
  const whole = onnxFile({ nodes: [['Relu', ['x'], 'y']] });

  test.each<[string, readonly number[]]>([
    ['nothing', []],
    ['text', [...new TextEncoder().encode('<!doctype html>')]],
    ['a length past the end', field(7, 100)],
    ['a length of 2^63', field(7, 255, 255, 255, 255, 255, 255, 255, 255, 127)],
    ['a length of ten bytes and more', field(7, ...Array(12).fill(255))],
    ['a message that reaches out of the one around it', [...field(7, 4, ...field(1, 10)), 0, ...Array(20).fill(0)]],
    ['a graph that is a number', [7 * 8, 1]],
    ['a group, which nobody writes', [7 * 8 + 3]],
    ['a name that is not UTF-8', field(7, 4, ...field(2, 2, 255, 255))],
    ['a varint that the file cuts off', [8, 255]],
    ['no opset', field(7, 0)],
  ])('%s', async (_, bytes) => {
    await expect(fromOnnx(Uint8Array.from(bytes))).rejects.toThrow(/ONNX file/);
  });

  test('a file cut off anywhere', async () => {
    for (let length = 0; length < whole.length; length++)
      await expect(fromOnnx(whole.subarray(0, length))).rejects.toThrow(RangeError);
  });

  test('more parts than a file of its length should have', async () => {
    const many = (piece: readonly number[], wrap: (bytes: readonly number[]) => readonly number[]) => {
      const inner = Array.from({ length: 20_000 }, () => piece).flat();
      return Uint8Array.from(wrap(inner));
    };
    const long = (number: number, bytes: readonly number[]) => [
      number * 8 + 2,
      (bytes.length & 127) | 128,
      ((bytes.length >> 7) & 127) | 128,
      bytes.length >> 14,
      ...bytes,
    ];
    await expect(fromOnnx(many(field(1, 0), (bytes) => long(7, bytes)))).rejects.toThrow(/more parts/);
    await expect(fromOnnx(many(field(5, 0), (bytes) => long(7, bytes)))).rejects.toThrow(/more parts/);
  });

  test('a shape that asks for more than there is, and weights that many layers share without sharing a layer', async () => {
    const nodes = [['Gemm', ['x', 'w'], 'y']] as const;
    const huge = { name: 'w', shape: [2 ** 30, 2 ** 30], data: [] };
    await expect(fromOnnx(onnxFile({ nodes, constants: [huge] }))).rejects.toThrow(/'w'.*must hold/);
    const size = 40;
    const w = { name: 'w', shape: [size, size], data: Array(size * size).fill(0) };
    const chain = Array.from({ length: 20 }, (_, i) => [
      ['Gemm', [i === 0 ? 'x' : `a${i}`, 'w'], `d${i}`] as const,
      ['LeakyRelu', [`d${i}`], i === 19 ? 'y' : `a${i + 1}`, { alpha: { f: i / 20 } }] as const,
    ]).flat();
    await expect(fromOnnx(onnxFile({ nodes: chain, constants: [w], shape: [size] }))).rejects.toThrow(/twice/);
  });

  test('sizes that cost nothing in the file: of arrays without numbers, and lists that double', async () => {
    const nodes = [['Gemm', ['x', 'w'], 'y']] as const;
    const none = { name: 'w', shape: [0, 2 ** 31], data: [] };
    await expect(fromOnnx(onnxFile({ nodes, constants: [none] }))).rejects.toThrow(/'w'.*no numbers/);
    const rows = [
      ['Slice', ['r'], 's', { starts: { ints: [0] }, ends: { ints: [1] } }],
      ['Reshape', ['x', 's'], 'y'],
    ] as const;
    const integers = { e: [], r0: [2 ** 31, 0] };
    const reshaped = [['Reshape', ['e', 'r0'], 'r'], ...rows] as const;
    await expect(fromOnnx(onnxFile({ nodes: reshaped, integers }))).rejects.toThrow(/no numbers/);
    const double = Array.from({ length: 40 }, (_, i) => ['Concat', [`l${i}`, `l${i}`], `l${i + 1}`] as const);
    const doubled = [...double, ['Reshape', ['x', 'l40'], 'y']] as const;
    await expect(fromOnnx(onnxFile({ nodes: doubled, integers: { l0: [1, 2] } }))).rejects.toThrow(/Concat.*4096/);
  });
});
