/** Random numbers of layers: they follow from the model's seed, the layer's place in the model, the step and the element. */
import { NORMAL, UNIFORM } from '../../../assembly/codes.ts';
import type { Value } from '../../graph/graph.ts';
import { sample } from '../../graph/operations/arrays/random.ts';
import type { Mode, Shape } from '../layer.ts';

/** Streams of layers count down from the last: those of `ops.randomNormal` and `ops.randomUniform` count up from 0. */
const streamOf = ({ index }: Mode): number => -1 - index;

const drawn = (
  label: string,
  x: Value,
  shape: Shape,
  mode: Mode,
  kind: number,
  mean: number,
  deviation: number,
): Value => {
  const [seedLow, seedHigh] = mode.seeds;
  return sample(x.graph, label, shape, { kind, seedLow, seedHigh, index: streamOf(mode), mean, deviation });
};

/** Numbers of a normal distribution, of `shape` for each row of the batch. */
export const normal = (label: string, x: Value, shape: Shape, mode: Mode, mean: number, deviation: number): Value =>
  drawn(label, x, shape, mode, NORMAL, mean, deviation);

/** Numbers from 0 up to 1, of `shape` for each row of the batch. */
export const uniform = (label: string, x: Value, shape: Shape, mode: Mode): Value =>
  drawn(label, x, shape, mode, UNIFORM, 0, 1);
