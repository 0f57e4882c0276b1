/** Scalers and encoders: what they compute, back again, as JSON and in a model's file. */
import { describe, expect, it } from 'vitest';
import {
  argMax,
  hstack,
  keepPreprocessing,
  type LabelEncoder,
  labelEncode,
  minMax,
  oneHot,
  preprocessingOf,
  preprocessorFrom,
  type Scaler,
  standardize,
  toCategorical,
} from '../../src/data/index.ts';
import { layers, loadModel, sequential } from '../../src/index.ts';

const X = [
  [1, 10, 5],
  [3, 30, 5],
  [8, 20, 5],
];

describe('standardize and minMax', () => {
  it('bring columns to their scale and back', () => {
    for (const scaler of [standardize(X), minMax(X, { range: [-1, 1] })]) {
      const scaled = scaler.apply(X);
      expect(scaled.shape).toEqual([3, 3]);
      for (const [i, value] of scaler.inverse(scaled).data.entries()) expect(value).toBeCloseTo(X.flat()[i] ?? 0, 5);
    }
    expect([...minMax(X).apply(X).data]).toEqual([0, 0, 0, 2 / 7, 1, 0, 1, 0.5, 0].map(Math.fround));
    expect(standardize(X).offset).toEqual([4, 20, 5]);
    expect(standardize(X).scale[2]).toBe(1);
  });

  it('take one axis for one column, and bytes for their quotients', () => {
    expect(standardize([1, 3]).apply([5]).data[0]).toBe(3);
    expect(minMax({ data: Uint8Array.of(0, 255), shape: [2, 1], divisor: 255 }).offset).toEqual([0]);
    expect(minMax({ data: Uint8Array.of(0, 255), shape: [2, 1], divisor: 255 }).scale).toEqual([1]);
  });

  it('refuse what does not fit', () => {
    expect(() => standardize([[1], [Number.NaN]])).toThrow(/NaN.*row 1, column 0/);
    expect(() => standardize([])).toThrow(RangeError);
    expect(() => standardize(X).apply([[1, 2]])).toThrow(/3 columns.*\[1, 2\]/);
    expect(() => minMax(X, { range: [1, 1] })).toThrow(RangeError);
  });
});

describe('labelEncode and oneHot', () => {
  it('sort their classes, or take them in the order given', () => {
    expect(labelEncode([10, 9, 10]).classes).toEqual([9, 10]);
    expect(labelEncode(Uint8Array.of(3, 1)).classes).toEqual([1, 3]);
    expect(labelEncode(['b', 'a'], { classes: ['b', 'c', 'a'] }).apply(['a', 'b'])).toEqual(Int32Array.of(2, 0));
    expect(oneHot(['b', 'a']).apply(['b', 'a', 'b'])).toEqual({
      data: Float32Array.of(0, 1, 1, 0, 0, 1),
      shape: [3, 2],
    });
  });

  it('go back, also from predictions', () => {
    const kind = labelEncode(['dog', 'cat', 'dog']);
    expect(kind.inverse(kind.apply(['dog', 'cat']))).toEqual(['dog', 'cat']);
    expect(
      kind.inverse(
        argMax([
          [0.1, 0.9],
          [0.8, 0.2],
        ]),
      ),
    ).toEqual(['dog', 'cat']);
    expect(
      oneHot(['dog', 'cat']).inverse([
        [0.1, 0.9],
        [0.8, 0.2],
      ]),
    ).toEqual(['dog', 'cat']);
  });

  it('refuse unknown classes, or make zeros of them', () => {
    expect(() => labelEncode(['setosa']).apply(['setosa', 'setossa'])).toThrow(/values\[1\].*'setosa'/);
    expect(() => labelEncode<string>(['a'], { classes: ['b'] })).toThrow(/'a'/);
    expect(() => labelEncode(['a', {}] as never)).toThrow(/values\[1\]/);
    expect(() => labelEncode([Number.NaN])).toThrow(TypeError);
    expect(() => labelEncode(['a', 'b']).inverse([2])).toThrow(RangeError);
    expect(() => oneHot(['a', 'b']).inverse([[1]])).toThrow(/\[rows, 2\]/);
    expect(() => oneHot(['a']).apply(['b'])).toThrow(RangeError);
    expect(oneHot(['a', 'b'], { unknown: 'zeros' }).apply(['c', 'b']).data).toEqual(Float32Array.of(0, 0, 0, 1));
  });
});

describe('toCategorical, argMax and hstack', () => {
  it('compute', () => {
    expect(toCategorical([2, 0])).toEqual({ data: Float32Array.of(0, 0, 1, 1, 0, 0), shape: [2, 3] });
    expect(toCategorical({ data: Uint8Array.of(1), shape: [1, 1] }, 2).data).toEqual(Float32Array.of(0, 1));
    expect(
      argMax([
        [1, 1],
        [0, Number.NaN],
        [2, 1],
      ]),
    ).toEqual(Int32Array.of(0, 1, 0));
    expect(
      hstack(
        [
          [1, 2],
          [3, 4],
        ],
        Int8Array.of(5, 6),
      ),
    ).toEqual({ data: Float32Array.of(1, 2, 5, 3, 4, 6), shape: [2, 3] });
  });

  it('refuse what does not fit', () => {
    expect(() => toCategorical([0.5])).toThrow(RangeError);
    expect(() => toCategorical([3], 3)).toThrow(/labels\[0\]/);
    expect(() => toCategorical([1e9])).toThrow(RangeError);
    expect(() => toCategorical([[1, 2]])).toThrow(/\[1, 2\]/);
    expect(() => argMax([1, 2])).toThrow(/\[rows, classes\]/);
    expect(() => argMax([[1], [2]])).toThrow(/0\.5/);
    expect(() => hstack([[1]], [[1], [2]])).toThrow(/2 rows/);
    expect(() => hstack()).toThrow(RangeError);
  });
});

describe('preprocessing', () => {
  const all = {
    scaler: standardize(X),
    range: minMax(X),
    kind: labelEncode(['a', 'b']),
    port: oneHot([3, 1], { unknown: 'zeros' }),
  };

  it('is JSON and back, to the bit', () => {
    for (const one of Object.values(all)) expect(preprocessorFrom(JSON.stringify(one)).toJSON()).toEqual(one.toJSON());
    const twin = preprocessorFrom(all.scaler.toJSON()) as Scaler;
    expect(twin.apply(X)).toEqual(all.scaler.apply(X));
  });

  it("is kept in the model's file", async () => {
    using model = sequential([layers.dense({ units: 1, inputShape: [3] })]);
    expect(() => preprocessingOf(model)).toThrow(/keepPreprocessing/);
    keepPreprocessing(model, all);
    using twin = await loadModel(await model.save());
    const { scaler, kind } = preprocessingOf<{ scaler: Scaler; kind: LabelEncoder<string> }>(twin);
    expect(scaler.apply(X)).toEqual(all.scaler.apply(X));
    expect(kind.inverse([1])).toEqual(['b']);
  });

  it.each([
    ['{', SyntaxError],
    ['5', TypeError],
    ['{"type":"zca"}', RangeError],
    ['{"type":"scaler","offset":[1],"scale":[0],"base":0}', RangeError],
    ['{"type":"scaler","offset":[1],"scale":[1,2],"base":0}', RangeError],
    ['{"type":"scaler","offset":["1"],"scale":[1],"base":0}', TypeError],
    ['{"type":"labels","classes":[]}', RangeError],
    ['{"type":"labels","classes":["a","a"]}', RangeError],
    ['{"type":"labels","classes":[{}]}', TypeError],
    ['{"type":"oneHot","classes":["a"],"unknown":"skip"}', RangeError],
    ['{"type":"labels","classes":["a"],"more":1}', RangeError],
  ])('is not read from %s', (text, kind) => {
    expect(() => preprocessorFrom(text)).toThrow(kind);
    const metadata = new Map([['preprocessing', `{"it":${text}}`]]);
    expect(() => preprocessingOf({ metadata })).toThrow(kind);
  });
});
