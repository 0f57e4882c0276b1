/** Lists of names, each once in this library's spelling, without the other names and spellings that it accepts. */
import { ACTIVATIONS, type ActivationName } from './activations.ts';
import { LOSSES, type LossName } from './losses.ts';
import { OPTIMIZERS, type OptimizerName } from './optimizers/index.ts';

/** Every activation. @category Names */
export const activationNames: readonly Exclude<ActivationName, 'swish'>[] = ACTIVATIONS;
/** Every loss. @category Names */
export const lossNames: readonly LossName[] = LOSSES;
/** Every optimizer. @category Names */
export const optimizerNames: readonly OptimizerName[] = OPTIMIZERS;
