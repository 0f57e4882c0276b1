/** Lists of names, each once in this library's spelling, without the other names and spellings that it accepts. */
import { ACTIVATIONS, type ActivationName } from './activations.ts';
import { LOSSES, type LossName } from './losses.ts';
import { OPTIMIZERS } from './optimizers/all.ts';
import type { OptimizerName } from './optimizers/facts/names.ts';

/** Every activation. @category Names */
export const activationNames: readonly Exclude<ActivationName, 'swish' | 'hardSwish'>[] = ACTIVATIONS;
/** Every loss. @category Names */
export const lossNames: readonly LossName[] = LOSSES;
/** Every optimizer; `compile` knows those of {@link CompiledName} by name, the others as objects. @category Names */
export const optimizerNames: readonly OptimizerName[] = OPTIMIZERS;
