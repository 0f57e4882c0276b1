/** Options and samples that layers refuse, before anything is allocated: by an Error that names the layer and the shapes. */
import { describe, expect, test } from 'vitest';
import { createRuntime, input, type Layer, layers, type Shape, sequential } from '../../src/index.ts';
import { floats } from '../helpers.ts';

/** Facts that the message must have. */
type Case = readonly [() => Layer, Shape | undefined, readonly string[]];

const cases: readonly Case[] = [
  [() => layers.zeroPadding1d({ padding: -1 }), undefined, ['zeroPadding1d', 'padding', '-1']],
  [() => layers.zeroPadding2d({ padding: [1, 2, 3] as never }), undefined, ['padding', 'pair']],
  [() => layers.zeroPadding2d({ padding: 'same' as never }), undefined, ['padding', "'same'"]],
  [
    () => layers.zeroPadding2d({ name: 'margin' }),
    [8, 8],
    ['margin', '[height, width, channels]', '[.., 8, 8]', 'reshape'],
  ],
  [() => layers.zeroPadding1d(), [8], ['zeroPadding1d', '[steps, channels]', '[.., 8]']],
  [() => layers.cropping1d({ cropping: [3, 5] }), [8, 1], ['cropping1d', '8', '[.., 8, 1]']],
  [() => layers.cropping2d({ cropping: 4, name: 'crop' }), [9, 8, 1], ['crop', '8', '[.., 9, 8, 1]']],
  [() => layers.upSampling1d({ size: 0 }), undefined, ['size', '0']],
  [() => layers.upSampling2d({ size: [2] as never }), undefined, ['size']],
  [
    () => layers.upSampling2d({ interpolation: 'bicubic' as never }),
    undefined,
    ['interpolation', 'bicubic', 'bilinear'],
  ],
  [() => layers.upSampling2d(), [4, 4], ['upSampling2d', '[.., 4, 4]']],
  [() => layers.permute({ dims: [0, 1] }), undefined, ['dims', '[0, 1]']],
  [() => layers.permute({ dims: [1, 1] }), undefined, ['dims', '[1, 1]']],
  [() => layers.permute({ dims: [2, 1] }), [3], ['permute', '[2, 1]', '[.., 3]']],
  [() => layers.repeatVector({ n: 0 }), undefined, ['n', '0']],
  [() => layers.repeatVector({ n: 2 }), [3, 4], ['repeatVector', '[features]', '[.., 3, 4]']],
  [() => layers.spatialDropout1d({ rate: 1.5 }), undefined, ['rate', '1.5']],
  [() => layers.spatialDropout2d({ rate: 0.5 }), [4, 4], ['spatialDropout2d', '[.., 4, 4]']],
  [() => layers.gaussianNoise({ stddev: 2 }), undefined, ['stddev', '2']],
  [() => layers.gaussianDropout({ rate: 1 }), undefined, ['rate', '1']],
  [() => layers.alphaDropout(undefined as never), undefined, ['rate', 'undefined']],
  [() => layers.prelu({ sharedAxes: [3] }), [4, 4], ['prelu', 'axis', '3', '[.., 4, 4]']],
  [() => layers.prelu({ sharedAxes: 1 as never }), undefined, ['sharedAxes', 'array']],
  [() => layers.reLU({ maxValue: -1 }), undefined, ['maxValue', '-1']],
  [() => layers.leakyReLU({ alpha: 1 } as never), undefined, ['leakyReLU', 'alpha']],
  [() => layers.elu({ alpha: -1 }), undefined, ['alpha', '-1']],
  [() => layers.softmax({ axis: 2 }), [4], ['softmax', 'axis', '2', '[.., 4]']],
  [() => layers.rescaling({ scale: Number.NaN }), undefined, ['scale', 'NaN']],
  [() => layers.rescaling({ scale: [1, 2, 3] }), [4], ['rescaling', 'scale', '[1, 2, 3]', '[.., 4]']],
  [() => layers.rescaling({} as never), undefined, ['scale']],
  [() => layers.globalMaxPooling1d(), [4, 4, 1], ['globalMaxPooling1d', '[.., 4, 4, 1]']],
  [() => layers.globalAveragePooling2d({ keepdims: 1 as never }), undefined, ['keepdims', '1']],
  [() => layers.globalAveragePooling2d(), [28, 28], ['globalAveragePooling2d', '[.., 28, 28]', 'reshape']],
  [() => layers.normalization({ mean: 3 }), undefined, ['mean', 'variance']],
  [() => layers.normalization({ mean: [1, 2], variance: [1] }), undefined, ['mean', '2', 'variance', '1']],
  [() => layers.normalization({ mean: [1, 2], variance: [1, 2] }), [3], ['normalization', '2', '[.., 3]']],
  [
    () => layers.conv2d({ filters: 4, kernelSize: 3, groups: 2 }),
    [28, 28, 3],
    ['conv2d', '3 channels', '2 groups', '[.., 28, 28, 3]', '[1, 3]'],
  ],
  [
    () => layers.conv2d({ filters: 3, kernelSize: 3, groups: 2 }),
    undefined,
    ['conv2d', '3 filters', '2 groups', '[1, 3]'],
  ],
  [
    () => layers.conv2d({ filters: 4, kernelSize: 5 }),
    [3, 32, 32],
    ['conv2d', '[5, 5]', 'height 3', 'width 32', "'same'"],
  ],
  [() => layers.conv2d({ filters: 4, kernelSize: 3, dilationRate: 4 }), [8, 8, 1], ['[9, 9]', '[4, 4]', 'height 8']],
  [() => layers.conv1d({ filters: 4, kernelSize: 3 }), [2, 5], ['conv1d', '[3]', '2 steps', "'same'"]],
  [() => layers.conv2d({ filters: 4, kernelSize: 3, strides: 2, dilationRate: 3 }), undefined, ['[2, 2]', '[3, 3]']],
  [
    () => layers.conv2d({ filters: 4, kernelSize: 3, padding: 'full' as never }),
    undefined,
    ['conv2d', 'full', 'valid'],
  ],
  [() => layers.maxPooling2d(), [1, 28, 28], ['maxPooling2d', '[2, 2]', 'height 1']],
  ...(
    [
      ['conv2d', () => layers.conv2d({ filters: 4, kernelSize: 3 })],
      ['separableConv2d', () => layers.separableConv2d({ filters: 4, kernelSize: 3 })],
      ['depthwiseConv2d', () => layers.depthwiseConv2d({ kernelSize: 3 })],
      ['conv2dTranspose', () => layers.conv2dTranspose({ filters: 4, kernelSize: 3 })],
      ['maxPooling2d', () => layers.maxPooling2d()],
      ['averagePooling2d', () => layers.averagePooling2d()],
      ['globalAveragePooling2d', () => layers.globalAveragePooling2d()],
    ] as const
  ).flatMap(([kind, make]): readonly Case[] => [
    [make, [28, 28], [kind, '[height, width, channels]', '[.., 28, 28]', 'reshape({ targetShape: [28, 28, 1] })']],
    [make, [784], [kind, '[height, width, channels]', '[.., 784]', 'reshape']],
    [make, [2, 28, 28, 1], [kind, '[height, width, channels]', '[.., 2, 28, 28, 1]']],
  ]),
  [
    () => layers.conv2dTranspose({ filters: 2, kernelSize: 3, strides: [2, 1], outputPadding: 1 }),
    undefined,
    ['conv2dTranspose', 'outputPadding', 'stride 1', 'got 1'],
  ],
  [
    () => layers.conv1dTranspose({ filters: 2, kernelSize: 4, strides: 2, padding: 'same', outputPadding: 0 }),
    undefined,
    ['conv1dTranspose', 'outputPadding', 'even', '[0]'],
  ],
  [() => layers.groupNormalization(), [4, 4, 6], ['groupNormalization', '6 channels', '32', '[1, 2, 3, 6]']],
  [() => layers.gaussianNoise(0.1 as never), undefined, ['gaussianNoise', 'options', 'stddev', '0.1']],
  [() => layers.randomFlip({ mode: 'sideways' as never }), undefined, ['mode', 'sideways']],
  [
    () => layers.randomFlip({ name: 'mirror' }),
    [28, 28],
    ['mirror', '[height, width, channels]', '[.., 28, 28]', 'reshape'],
  ],
  [() => layers.randomTranslation({ heightFactor: 0.1 } as never), undefined, ['widthFactor', 'undefined']],
  [() => layers.randomTranslation({ heightfactor: 0.1 } as never), undefined, ['heightfactor', 'heightFactor']],
  [() => layers.randomTranslation({ heightFactor: 2, widthFactor: 0 }), undefined, ['heightFactor', '2']],
  [() => layers.randomRotation({ factor: [0, 1, 2] as never }), undefined, ['factor', 'two', '[0, 1, 2]']],
  [() => layers.randomRotation({ factor: 0.1, fillMode: 'mirror' as never }), undefined, ['fillMode', 'mirror']],
  [
    () => layers.randomRotation({ factor: 0.1, interpolation: 'cubic' as never }),
    undefined,
    ['interpolation', 'cubic'],
  ],
  [() => layers.randomRotation({ factor: 0.1, fillValue: Number.NaN }), undefined, ['fillValue', 'NaN']],
  [() => layers.randomRotation(undefined as never), undefined, ['randomRotation', 'factor', 'undefined']],
  [() => layers.randomZoom({ heightFactor: -1 }), undefined, ['heightFactor', '-1']],
  [() => layers.randomZoom({ heightFactor: 0.1 }), [9], ['randomZoom', '[height, width, channels]', '[.., 9]']],
  [() => layers.randomContrast({ factor: 1.5 }), undefined, ['factor', '1.5']],
  [() => layers.randomContrast({ factor: 0.5, valueRange: [1, 0] }), undefined, ['valueRange', '[1, 0]']],
  [() => layers.randomContrast({ factor: 0.5 }), [28, 28], ['randomContrast', '[.., 28, 28]', 'reshape']],
  [() => layers.randomCrop({ height: 0, width: 3 }), undefined, ['height', '0']],
  [() => layers.randomCrop({ height: 3 } as never), undefined, ['width', 'undefined']],
  [() => layers.centerCrop({ height: 3, width: 3 }), [28, 28], ['centerCrop', '[.., 28, 28]', 'reshape']],
  [() => layers.resizing({ height: 3, width: 2.5 }), undefined, ['width', '2.5']],
  [() => layers.resizing({ height: 3, width: 3, antialias: true } as never), undefined, ['resizing', 'antialias']],
  [
    () => layers.resizing({ height: 3, width: 3, cropToAspectRatio: true, padToAspectRatio: true }),
    undefined,
    ['cropToAspectRatio', 'padToAspectRatio'],
  ],
  [() => layers.normalization({ axis: [1, -1] }), [3], ['normalization', 'twice', '[.., 3]']],
];

describe('layers refuse', () => {
  test.each(cases.map((one) => [one[2].join(' '), ...one] as const))('%s', (_, make, shape, facts) => {
    using runtime = createRuntime();
    const { used } = runtime.memory;
    const build = () => {
      const layer = make();
      if (shape === undefined) return;
      // both ways to give it samples
      layer.apply(input({ shape }));
    };
    const stacked = () => sequential([make()], { runtime }).build(shape ?? []);
    for (const attempt of shape === undefined ? [build] : [build, stacked]) {
      expect(attempt).toThrow(/./);
      for (const fact of facts) expect(attempt).toThrow(fact);
    }
    expect(runtime.memory.used).toBe(used);
  });

  test.each([
    ['channels that groups do not divide', [8, 8, 3], () => layers.conv2d({ filters: 4, kernelSize: 3, groups: 2 })],
    ['a kernel larger than the image', [4, 4, 3], () => layers.conv2d({ filters: 4, kernelSize: 5 })],
    ['an empty output', [4, 4, 3], () => layers.cropping2d({ cropping: 2 })],
    ['images without channels', [8, 8], () => layers.conv2d({ filters: 4, kernelSize: 3 })],
  ] as const)('%s, by fit and by predict', async (_, shape, make) => {
    using runtime = createRuntime();
    const { used } = runtime.memory;
    const model = () => {
      const made = sequential([make(), layers.flatten(), layers.dense({ units: 2 })], { runtime });
      made.compile({ loss: 'mse' });
      return made;
    };
    const x = floats([6, ...shape], 1);
    await expect(model().fit(x, floats([6, 2], 2))).rejects.toThrow(RangeError);
    await expect(model().predict(x)).rejects.toThrow(RangeError);
    expect(runtime.memory.used).toBe(used);
  });

  test('samples of another shape where a layer is shared', () => {
    const shared: readonly (readonly [Layer, Shape, Shape])[] = [
      [layers.prelu({ name: 'one' }), [3], [4]],
      [layers.normalization({ name: 'one' }), [3], [4]],
    ];
    for (const [layer, first, second] of shared) {
      layer.apply(input({ shape: first }));
      expect(() => layer.apply(input({ shape: second }))).toThrow(RangeError);
      for (const fact of ['one', `[${first}]`, `[.., ${second}]`])
        expect(() => layer.apply(input({ shape: second }))).toThrow(fact);
    }
  });

  test.each([
    [layers.conv2d({ filters: 2, kernelSize: 1 }), [5, 5]],
    [layers.separableConv2d({ filters: 2, kernelSize: 1 }), [5, 5]],
    [layers.batchNormalization(), [5]],
    [layers.layerNormalization(), [5]],
    [layers.groupNormalization({ groups: 1 }), [5]],
    [layers.dense({ units: 2 }), [5]],
  ] as const)('%s on other channels, by its kind where it has no name', (layer, sizes) => {
    layer.apply(input({ shape: [...sizes, 1] }));
    const again = () => layer.apply(input({ shape: [...sizes, 3] }));
    expect(again).toThrow(new RegExp(`^${layer.kind}: .*\\[\\.\\., ${sizes.join(', ')}, 3\\]`));
  });
});
