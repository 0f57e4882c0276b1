/** Layers that mirror, move, turn and zoom images at random while training. */
import { checkSpelling } from '../../validate.ts';
import type { Layer, LayerOptions } from '../layer.ts';
import { IDENTITY, RandomMatrix, type Range, rangeOf, type Six } from './random-matrix.ts';
import { type RandomFactor, type SamplingOptions, sampling, samplingNames, samplingOf } from './sampling.ts';

/** Left and right, or top and bottom, or both at once. */
export type FlipMode = 'horizontal' | 'vertical' | 'horizontalAndVertical';

/** Options of {@link randomFlip}. */
export interface RandomFlipOptions extends LayerOptions {
  /** Default `'horizontalAndVertical'`, which turns half of the images upside down, as Keras does. */
  readonly mode?: FlipMode;
}

/** Options of {@link randomTranslation}. */
export interface RandomTranslationOptions extends SamplingOptions {
  /** How far down, as a share of the height: from `-heightFactor` to `heightFactor`, or from the lower number to the upper. -1 to 1. */
  readonly heightFactor: RandomFactor;
  /** How far right, as a share of the width. */
  readonly widthFactor: RandomFactor;
}

/** Options of {@link randomRotation}. */
export interface RandomRotationOptions extends SamplingOptions {
  /** How far, in turns, counter-clockwise: from `-factor` to `factor`, or from the lower number to the upper. -1 to 1. */
  readonly factor: RandomFactor;
}

/** Options of {@link randomZoom}. */
export interface RandomZoomOptions extends SamplingOptions {
  /**
   * How far to zoom out vertically: 0.2 shows 1.2 times the height, -0.2 zooms in to 0.8 times the height. From `-heightFactor` to
   * `heightFactor`, or from the lower number to the upper. Above -1, at most 1.
   */
  readonly heightFactor: RandomFactor;
  /** The same for the width. Without it, one random factor keeps the proportions. */
  readonly widthFactor?: RandomFactor;
}

const flipModes: readonly FlipMode[] = ['horizontal', 'vertical', 'horizontalAndVertical'];

/** What mirroring adds to the identity. */
const mirrored = (mode: FlipMode, height: number, width: number): Six => [
  ...(mode === 'vertical' ? ([0, 0, 0] as const) : ([-2, 0, width - 1] as const)),
  ...(mode === 'horizontal' ? ([0, 0, 0] as const) : ([0, -2, height - 1] as const)),
];

/**
 * While training, mirrors each image [height, width, channels] or not, with equal chances; otherwise does nothing. As in Keras, one draw
 * decides both directions of `'horizontalAndVertical'`; two layers draw them apart.
 *
 * @throws RangeError for an unknown mode, or samples of other than three axes.
 * @example
 * ```ts
 * import { layers } from 'simdescent';
 * layers.randomFlip({ mode: 'horizontal', inputShape: [32, 32, 3] });
 * ```
 */
export function randomFlip(options: RandomFlipOptions = {}): Layer {
  return new RandomMatrix('randomFlip', options, ['mode'], () => {
    const mode = checkSpelling('mode', options.mode ?? 'horizontalAndVertical', flipModes);
    return {
      own: { mode },
      how: { smooth: false, outside: 'nearest', value: 0 },
      draw: (height, width) => ({
        ranges: [[0, 1]],
        base: IDENTITY,
        parts: (drawn, m) => [[m.lessEqual(drawn, 0.5), [mirrored(mode, height, width)]]],
      }),
    };
  });
}

/**
 * While training, moves each image [height, width, channels] down and right by random shares of its size; otherwise does nothing.
 *
 * @throws RangeError for factors outside of -1 to 1, unknown names, or samples of other than three axes.
 * @example
 * ```ts
 * import { layers } from 'simdescent';
 * layers.randomTranslation({ heightFactor: 0.1, widthFactor: [-0.2, 0.1], fillMode: 'constant' });
 * ```
 */
export function randomTranslation(options: RandomTranslationOptions): Layer {
  return new RandomMatrix('randomTranslation', options, ['heightFactor', 'widthFactor', ...samplingNames], () => {
    const heightFactor = rangeOf('heightFactor', options.heightFactor);
    const widthFactor = rangeOf('widthFactor', options.widthFactor);
    const how = samplingOf(options);
    return {
      own: { heightFactor, widthFactor, ...how },
      how: sampling(how),
      draw: (height, width) => ({
        ranges: [heightFactor, widthFactor],
        base: IDENTITY,
        parts: (drawn) => [
          [
            drawn,
            [
              [0, 0, 0, 0, 0, -height],
              [0, 0, -width, 0, 0, 0],
            ],
          ],
        ],
      }),
    };
  });
}

const RADIANS = 6.283185307179586;

/**
 * While training, turns each image [height, width, channels] around its middle by a random angle; otherwise does nothing.
 *
 * @throws RangeError for factors outside of -1 to 1, unknown names, or samples of other than three axes.
 * @example
 * ```ts
 * import { layers } from 'simdescent';
 * layers.randomRotation({ factor: 0.05, fillMode: 'nearest' }); // up to 18 degrees either way
 * ```
 */
export function randomRotation(options: RandomRotationOptions): Layer {
  return new RandomMatrix('randomRotation', options, ['factor', ...samplingNames], () => {
    const factor = rangeOf('factor', options.factor);
    const how = samplingOf(options);
    const [low, high] = factor;
    return {
      own: { factor, ...how },
      how: sampling(how),
      draw(height, width) {
        const [down, across] = [(height - 1) / 2, (width - 1) / 2];
        return {
          ranges: [[low * RADIANS, high * RADIANS]],
          base: [0, 0, across, 0, 0, down],
          parts: (angle, m) => [
            [m.cos(angle), [[1, 0, -across, 0, 1, -down]]],
            [m.sin(angle), [[0, -1, down, 1, 0, -across]]],
          ],
        };
      },
    };
  });
}

/**
 * While training, zooms each image [height, width, channels] out of or into its middle by a random factor; otherwise does nothing.
 *
 * @throws RangeError for factors not above -1 or above 1, unknown names, or samples of other than three axes.
 * @example
 * ```ts
 * import { layers } from 'simdescent';
 * layers.randomZoom({ heightFactor: 0.1 });
 * ```
 */
export function randomZoom(options: RandomZoomOptions): Layer {
  return new RandomMatrix('randomZoom', options, ['heightFactor', 'widthFactor', ...samplingNames], () => {
    const heightFactor = zoomOf('heightFactor', options.heightFactor);
    const widthFactor = options.widthFactor === undefined ? undefined : zoomOf('widthFactor', options.widthFactor);
    const how = samplingOf(options);
    return {
      own: { heightFactor, widthFactor, ...how },
      how: sampling(how),
      draw(height, width) {
        const down: Six = [0, 0, 0, 0, 1, (1 - height) / 2];
        const across: Six = [1, 0, (1 - width) / 2, 0, 0, 0];
        const both: Six = [1, 0, (1 - width) / 2, 0, 1, (1 - height) / 2];
        return {
          ranges: widthFactor === undefined ? [heightFactor] : [heightFactor, widthFactor],
          base: IDENTITY,
          parts: (drawn) => [[drawn, widthFactor === undefined ? [both] : [down, across]]],
        };
      },
    };
  });
}

/** A zoom of -1 would show a single point. */
function zoomOf(what: string, value: RandomFactor): Range {
  const [low, high] = rangeOf(what, value);
  if (low === -1) throw new RangeError(`${what} must be above -1 and at most 1, got ${JSON.stringify(value)}`);
  return [low, high];
}
