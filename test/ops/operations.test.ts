/** Every operation on symbolic values, with and without a batch: numbers, gradients, second derivatives. */
import { describe, test } from 'vitest';
import { ops } from '../../src/index.ts';
import type { SymbolicValue } from '../../src/ops/symbolic.ts';
import { batched, checkOperation, fixed, type Input, type Options } from './check.ts';

type Case = readonly [
  name: string,
  fn: (...x: SymbolicValue[]) => SymbolicValue | readonly SymbolicValue[],
  inputs: readonly Input[],
  options?: Options,
];

const positive = (input: Input): Input => ({ ...input, of: (x) => 0.2 + Math.abs(x) * 2 });
/** Away from ties and jumps. */
const spread = (input: Input): Input => ({ ...input, of: (x, i) => Math.sign(x) * (0.1 + Math.abs(x)) + i * 0.01 });
const index = (count: number, input: Input): Input => ({
  ...input,
  constant: true,
  of: (x) => Math.floor(((x + 1) / 2) * count),
});

const pairs: readonly (readonly [Input, Input])[] = [
  [fixed(2, 3), fixed(2, 3)],
  [fixed(2, 3), fixed(3)],
  [fixed(4, 1, 3), fixed(2, 1)],
  [fixed(2, 1, 3, 1), fixed(3, 1, 5)],
  [batched(2, 3), batched(2, 3)],
  [batched(2, 3), fixed(3)],
  [batched(2, 3), fixed(2, 1)],
  [batched(2, 1), fixed(1, 2, 3)],
  [batched(2, 1), batched(1, 3)],
  [batched(2, 1, 2), batched(1, 3, 1)],
  [batched(1), fixed(5)],
  [batched(), batched()],
  [batched(), fixed()],
  [batched(5), fixed()],
  [fixed(1, 4), batched(4)],
];
const shown = ({ shape, rows }: Input): string => `[${[...(rows ? ['..'] : []), ...shape].join(' ')}]`;

const binary = ['add', 'subtract', 'multiply', 'divide', 'power', 'minimum', 'maximum'] as const;
describe.each(binary)('%s', (name) => {
  test.each(pairs.map((pair) => [pair.map(shown).join(' with '), pair] as const))('%s', (_, [a, b]) => {
    const away = name === 'divide' || name === 'power' ? positive : spread;
    checkOperation((x, y) => ops[name](x as SymbolicValue, y as SymbolicValue), [away(a), away(b)], {
      seed: 3,
    });
  });
});

test.each(['equal', 'notEqual', 'greater', 'greaterEqual', 'less', 'lessEqual'] as const)('%s', (name) => {
  const halves = (input: Input): Input => ({ ...input, of: (x) => Math.round(x * 2) / 2, constant: true });
  checkOperation(
    (x, y, z) => ops.multiply(ops[name](x as SymbolicValue, y as SymbolicValue), z as SymbolicValue),
    [halves(batched(3, 4)), halves(fixed(4)), batched(3, 4)],
  );
});

const unary = [
  ['negate', spread],
  ['square', spread],
  ['sqrt', positive],
  ['reciprocal', positive],
  ['rsqrt', positive],
  ['exp', spread],
  ['log', positive],
  ['log1p', positive],
  ['expm1', spread],
  ['abs', spread],
  ['sin', spread],
  ['cos', spread],
  ['erf', spread],
  ['relu', spread],
  ['leakyRelu', spread],
  ['elu', spread],
  ['selu', spread],
  ['gelu', spread],
  ['sigmoid', spread],
  ['hardSigmoid', spread],
  ['tanh', spread],
  ['softplus', spread],
  ['softsign', spread],
  ['silu', spread],
  ['softmax', spread],
  ['logSoftmax', spread],
  ['relu6', spread],
  ['hardSilu', spread],
  ['hardTanh', spread],
  ['celu', spread],
  ['hardShrink', spread],
  ['softShrink', spread],
  ['tanhShrink', spread],
  ['squareplus', spread],
  ['mish', spread],
  ['logSigmoid', spread],
  ['sparsePlus', spread],
  ['sparseSigmoid', spread],
] as const;
test.each(unary)('%s', (name, away) => {
  checkOperation((x) => ops[name](x as SymbolicValue), [away(batched(2, 5))]);
  checkOperation((x) => ops[name](x as SymbolicValue), [away(fixed(3, 4))]);
});

test.each(['sign', 'floor', 'ceil', 'round', 'logicalNot'] as const)('%s has the gradient 0', (name) => {
  checkOperation((x) => ops[name](ops.multiply(x as SymbolicValue, 3.3)), [spread(batched(2, 5))]);
});

const at = (x: readonly SymbolicValue[], i: number): SymbolicValue => x[i] as SymbolicValue;
const cases: readonly Case[] = [
  ['clip', (...x) => ops.clip(at(x, 0), -0.5, 0.6), [spread(batched(7))]],
  ['gelu by erf', (...x) => ops.gelu(at(x, 0), { approximate: false }), [spread(batched(7))]],
  ['softmax along axis 1', (...x) => ops.softmax(at(x, 0), { axis: 1 }), [batched(3, 2)]],
  ['glu', (...x) => ops.glu(at(x, 0)), [spread(batched(3, 4))]],
  ['glu along axis 1', (...x) => ops.glu(at(x, 0), { axis: 1 }), [spread(batched(4, 3))]],
  ['logSoftmax along axis 1', (...x) => ops.logSoftmax(at(x, 0), { axis: 1 }), [batched(3, 2)]],
  [
    'where',
    (...x) => ops.where(ops.greater(at(x, 0), 0), at(x, 1), at(x, 2)),
    [{ ...batched(3), constant: true }, fixed(3), batched(3)],
  ],
  ['where of numbers', (...x) => ops.where(ops.less(at(x, 0), 0), at(x, 0), 2), [spread(batched(3, 2))]],
  ...(['sum', 'mean', 'variance', 'std', 'max', 'min', 'prod', 'logSumExp', 'norm'] as const).flatMap(
    (name): Case[] => [
      [`${name} of all`, (...x) => ops[name](at(x, 0)), [spread(fixed(2, 3, 2))]],
      [`${name} along the last axis`, (...x) => ops[name](at(x, 0), { axis: -1 }), [spread(batched(2, 4))]],
      [`${name} along axis 1`, (...x) => ops[name](at(x, 0), { axis: 1, keepdims: true }), [spread(batched(4, 2))]],
      [`${name} along axes 1 and 3`, (...x) => ops[name](at(x, 0), { axis: [1, 3] }), [spread(batched(2, 3, 2))]],
    ],
  ),
  ...(['sum', 'mean', 'variance', 'max', 'min', 'logSumExp', 'std', 'norm'] as const).flatMap((name): Case[] => [
    [`${name} over the batch`, (...x) => ops[name](at(x, 0), { axis: 0 }), [spread(batched(2, 4))]],
    [
      `${name} over the batch, kept`,
      (...x) => ops[name](at(x, 0), { axis: [0, -1], keepdims: true }),
      [spread(batched(2, 4))],
    ],
    [`${name} of everything`, (...x) => ops[name](at(x, 0)), [spread(batched(2, 4))]],
  ]),
  [
    'argMax',
    (...x) => ops.multiply(ops.argMax(at(x, 0), { axis: -1, keepdims: true }), at(x, 0)),
    [spread(batched(4))],
  ],
  ['prod with a zero', (...x) => ops.prod(at(x, 0), { axis: 1 }), [{ ...batched(3), of: (x, i) => (i === 1 ? 0 : x) }]],
  ['cumsum', (...x) => ops.cumsum(at(x, 0), { axis: 1 }), [batched(4, 3)]],
  ['cumsum in reverse', (...x) => ops.cumsum(at(x, 0), { axis: -1, reverse: true }), [fixed(2, 5)]],
  ['matmul of a batch and a matrix', (...x) => ops.matmul(at(x, 0), at(x, 1)), [batched(4), fixed(4, 3)]],
  ['matmul of rows of matrices', (...x) => ops.matmul(at(x, 0), at(x, 1)), [batched(2, 5, 4), fixed(4, 3)]],
  [
    'matmul with a transposed matrix',
    (...x) => ops.matmul(at(x, 0), at(x, 1), { transposeB: true }),
    [batched(5, 4), fixed(3, 4)],
  ],
  ['matmul within a row', (...x) => ops.matmul(at(x, 0), at(x, 1)), [batched(2, 3, 4), batched(2, 4, 5)]],
  [
    'matmul of attention',
    (...x) => ops.matmul(at(x, 0), at(x, 1), { transposeB: true }),
    [batched(2, 3, 4), batched(2, 5, 4)],
  ],
  [
    'matmul, both transposed',
    (...x) => ops.matmul(at(x, 0), at(x, 1), { transposeA: true, transposeB: true }),
    [batched(4, 3), batched(5, 4)],
  ],
  [
    'matmul, the left one transposed and alone',
    (...x) => ops.matmul(at(x, 0), at(x, 1), { transposeA: true }),
    [fixed(4, 3), batched(2, 4, 5)],
  ],
  ['matmul with many fixed matrices', (...x) => ops.matmul(at(x, 0), at(x, 1)), [batched(2, 3, 4), fixed(2, 4, 5)]],
  ['matmul over the batch', (...x) => ops.matmul(at(x, 0), at(x, 1), { transposeA: true }), [batched(4), batched(2)]],
  ['matmul of fixed matrices', (...x) => ops.matmul(at(x, 0), at(x, 1)), [fixed(2, 1, 3, 4), fixed(5, 4, 2)]],
  ['matmul of many and one', (...x) => ops.matmul(at(x, 0), at(x, 1)), [fixed(2, 3, 4), fixed(4, 2)]],
  ['matmul of a matrix and a vector', (...x) => ops.matmul(at(x, 0), at(x, 1)), [batched(3, 4), fixed(4)]],
  ['matmul of a vector and a matrix', (...x) => ops.matmul(at(x, 0), at(x, 1)), [fixed(3), batched(3, 4)]],
  [
    'matmul with bias and relu',
    (...x) => ops.matmul(at(x, 0), at(x, 1), { bias: at(x, 2), activation: 'relu' }),
    [batched(4), fixed(4, 3), fixed(3)],
  ],
  ['dot of vectors', (...x) => ops.dot(at(x, 0), at(x, 1)), [fixed(4), fixed(4)]],
  ['reshape', (...x) => ops.reshape(ops.square(at(x, 0)), [null, 3, -1]), [batched(2, 6)]],
  ['transpose', (...x) => ops.transpose(ops.square(at(x, 0)), { axes: [0, 3, 1, 2] }), [batched(2, 3, 4)]],
  ['transpose of fixed', (...x) => ops.transpose(ops.square(at(x, 0))), [fixed(2, 3, 4)]],
  ['expandDims and squeeze', (...x) => ops.squeeze(ops.expandDims(ops.exp(at(x, 0)), 1), { axis: 1 }), [batched(3)]],
  ['slice', (...x) => ops.slice(ops.exp(at(x, 0)), [0, 1, 0], [-1, 2, 3]), [batched(4, 5)]],
  [
    'concatenate',
    (...x) => ops.concatenate([at(x, 0), ops.exp(at(x, 1)), at(x, 0)], { axis: 1 }),
    [batched(2, 3), batched(1, 3)],
  ],
  ['concatenate with fixed', (...x) => ops.concatenate([ops.exp(at(x, 0)), at(x, 1)]), [batched(2, 3), fixed(1, 2, 1)]],
  ['stack', (...x) => ops.stack([at(x, 0), ops.exp(at(x, 1))], { axis: 2 }), [batched(2, 3), batched(2, 3)]],
  ['split', (...x) => ops.split(ops.exp(at(x, 0)), 3, { axis: -1 }), [batched(2, 6)]],
  ['split at indices', (...x) => ops.split(ops.exp(at(x, 0)), [1, 4], { axis: 1 }), [batched(6, 2)]],
  [
    'pad',
    (...x) =>
      ops.pad(
        ops.exp(at(x, 0)),
        [
          [0, 0],
          [1, 2],
          [0, 1],
        ],
        { constantValue: 2 },
      ),
    [batched(2, 3)],
  ],
  ['tile', (...x) => ops.tile(ops.exp(at(x, 0)), [1, 2, 3]), [batched(2, 3)]],
  ['tile of fixed', (...x) => ops.tile(ops.exp(at(x, 0)), [2, 1, 3]), [fixed(2, 3)]],
  ['repeat', (...x) => ops.repeat(ops.exp(at(x, 0)), 3, { axis: 1 }), [batched(2, 3)]],
  ['broadcastTo', (...x) => ops.broadcastTo(ops.exp(at(x, 0)), [null, 2, 3]), [batched(1, 3)]],
  ['take', (...x) => ops.take(ops.exp(at(x, 0)), at(x, 1)), [fixed(5, 3), index(5, batched(4))]],
  [
    'take along the last axis',
    (...x) => ops.take(ops.exp(at(x, 0)), at(x, 1), { axis: -1 }),
    [fixed(2, 5), index(5, fixed(2, 3))],
  ],
  ['oneHot', (...x) => ops.multiply(ops.oneHot(at(x, 0), 4), at(x, 1)), [index(4, batched(3)), fixed(4)]],
  ['tril', (...x) => ops.tril(ops.exp(at(x, 0)), { k: 1 }), [batched(4, 4)]],
  ['triu', (...x) => ops.triu(ops.exp(at(x, 0))), [batched(3, 4)]],
  [
    'stopGradient',
    (...x) =>
      ops.multiply(at(x, 0), ops.where(ops.greater(at(x, 1), 2), at(x, 0), ops.stopGradient(ops.onesLike(at(x, 0))))),
    [batched(3), { ...batched(3), constant: true }],
  ],
  [
    'a value used many times, and in place where it can be',
    (...x) => {
      const y = ops.exp(at(x, 0));
      const z = ops.subtract(ops.negate(y), y);
      return [ops.multiply(z, y), ops.add(ops.square(z), 1), ops.divide(z, ops.sum(y, { axis: 0 }))];
    },
    [batched(4)],
  ],
];

describe('functions', () => {
  for (const [name, fn, inputs, options] of cases) test(name, () => void checkOperation(fn, inputs, options));
});
