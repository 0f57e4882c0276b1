/** What the compiler must know of ops on symbolic values and of functions with gradients, in the declarations that are published. Nothing here is called. */
import { expectTypeOf, test } from 'vitest';
import {
  checkGradients,
  compileFunction,
  compileStep,
  type FloatTensor,
  type GradientReport,
  grad,
  ops,
  optimizers,
  type SymbolicValue,
  tensor,
  valueAndGrad,
} from '../dist/index.js';

const called = (_: () => void): void => {};
declare const x: SymbolicValue;
declare const mixed: SymbolicValue | FloatTensor;
const t = tensor([2]);

test('an operation gives a symbolic value where one goes in, else a tensor', () => {
  called(() => {
    expectTypeOf(ops.add(t, t)).toEqualTypeOf<FloatTensor>();
    expectTypeOf(ops.add(t, [1, 2])).toEqualTypeOf<FloatTensor>();
    expectTypeOf(ops.add(x, t)).toEqualTypeOf<SymbolicValue>();
    expectTypeOf(ops.add(1, x)).toEqualTypeOf<SymbolicValue>();
    expectTypeOf(ops.where(x, 1, t)).toEqualTypeOf<SymbolicValue>();
    expectTypeOf(ops.matmul(t, t, { bias: x })).toEqualTypeOf<SymbolicValue>();
    expectTypeOf(ops.sum(t)).toEqualTypeOf<number>();
    expectTypeOf(ops.sum(t, { axis: 0 })).toEqualTypeOf<FloatTensor>();
    expectTypeOf(ops.sum(x)).toEqualTypeOf<SymbolicValue>();
    expectTypeOf(ops.concatenate([x, t])).toEqualTypeOf<SymbolicValue>();
    expectTypeOf(ops.take(t, tensor([1], [0], { dtype: 'int32' }))).toEqualTypeOf<FloatTensor>();
    expectTypeOf(ops.split(x, 2)).toEqualTypeOf<SymbolicValue[]>();
    void mixed;
    // @ts-expect-error a text is no operand
    ops.add(x, 'a');
    // @ts-expect-error the option is called keepdims
    ops.sum(x, { keepDims: true });
    // @ts-expect-error a symbolic value has no numbers
    ops.sum(x).data.length;
    // @ts-expect-error random numbers take the shape of a symbolic value
    ops.randomNormal(t);
  });
});

test('gradients have the structure of the arguments', () => {
  called(() => {
    const f = valueAndGrad((a, b) => ops.sum(ops.multiply(a, b)));
    expectTypeOf(f(t, 2).value).toEqualTypeOf<number>();
    expectTypeOf(f(x, x).value).toEqualTypeOf<SymbolicValue>();
    const g = valueAndGrad(({ w }: { w: SymbolicValue }, b: SymbolicValue) => ops.sum(ops.multiply(w, b)));
    const { gradients } = g({ w: t }, [1, 2]);
    expectTypeOf(gradients[0].w).toEqualTypeOf<FloatTensor>();
    expectTypeOf(gradients[1]).toEqualTypeOf<FloatTensor>();
    expectTypeOf(grad((a: SymbolicValue) => ops.sum(a))(t)).toEqualTypeOf<FloatTensor>();
    // @ts-expect-error there is no v
    g({ v: t }, 1);
    // @ts-expect-error a function must return a symbolic value
    valueAndGrad((a) => a.shape.length);
    // @ts-expect-error argnums is an array
    valueAndGrad((a) => a, { argnums: 0 });
  });
});

test('a compiled function gives tensors in the structure of its result', () => {
  called(() => {
    const f = compileFunction((a, b) => ops.matmul(a, b));
    expectTypeOf(f(t, [[1]])).toEqualTypeOf<FloatTensor>();
    expectTypeOf(f(x, x)).toEqualTypeOf<SymbolicValue>();
    const g = compileFunction(({ w }: { w: SymbolicValue }, b: SymbolicValue) => ({ sum: ops.add(w, b), all: [w, b] }));
    const { sum, all } = g({ w: t }, 1);
    expectTypeOf(sum).toEqualTypeOf<FloatTensor>();
    expectTypeOf(all[0]).toEqualTypeOf<FloatTensor | undefined>();
    // @ts-expect-error there is no v
    g({ v: t }, 1);
    // @ts-expect-error a function must return symbolic values
    compileFunction((a) => a.shape.length);
  });
});

test('a step takes what the loss takes behind the parameters', () => {
  called(() => {
    const step = compileStep({
      loss: ({ w }, a, b) => ops.mean(ops.square(ops.subtract(ops.matmul(a, w), b))),
      parameters: { w: t },
      optimizer: optimizers.adam(),
    });
    expectTypeOf(step([[1]], [[2]])).toEqualTypeOf<number>();
    expectTypeOf(checkGradients((a) => ops.sum(a), [t])).toEqualTypeOf<GradientReport>();
    // @ts-expect-error an optimizer is no name
    compileStep({ loss: (w) => w, parameters: t, optimizer: 'adam' });
    compileStep({
      // @ts-expect-error there is no v among the parameters
      loss: ({ v }) => ops.sum(v),
      parameters: { w: t },
      optimizer: optimizers.adam(),
    });
  });
});
