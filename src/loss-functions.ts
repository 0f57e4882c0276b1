/** The namespace `losses`. */

export { type CustomLossOptions, custom } from './custom-loss.ts';
export type { Loss, LossFunction, LossOptions, Reduction } from './loss.ts';
export {
  type BinaryFocalCrossentropyOptions,
  binaryFocalCrossentropy,
  categoricalFocalCrossentropy,
  type FocalCrossentropyOptions,
} from './losses/focal.ts';
export { categoricalHinge, hinge, squaredHinge } from './losses/hinges.ts';
export { type DiceOptions, dice, type TverskyOptions, tversky } from './losses/overlap.ts';
export {
  cosineSimilarity,
  klDivergence,
  logCosh,
  meanAbsolutePercentageError,
  meanSquaredLogarithmicError,
  poisson,
} from './losses/regression.ts';
export {
  binaryCrossentropy,
  type CrossentropyOptions,
  categoricalCrossentropy,
  type HuberOptions,
  huber,
  type LossName,
  meanAbsoluteError,
  meanSquaredError,
  type SparseCategoricalCrossentropyOptions,
  sparseCategoricalCrossentropy,
} from './losses.ts';
