/** Lists of names: every one once, as this library spells it, without the other names and spellings that are understood too. */
import { ACTIVATIONS, type ActivationName } from './activations.ts';
import { LOSSES, type LossName } from './losses.ts';
import { OPTIMIZERS, type OptimizerName } from './optimizers/index.ts';

/** Every activation. */
export const activationNames: readonly Exclude<ActivationName, 'swish'>[] = ACTIVATIONS;
/** Every loss. */
export const lossNames: readonly LossName[] = LOSSES;
/** Every optimizer. */
export const optimizerNames: readonly OptimizerName[] = OPTIMIZERS;
