export { type AdabeliefOptions, adabelief } from './adabelief.ts';
export { type AdaboundOptions, adabound } from './adabound.ts';
export { type AdadeltaOptions, adadelta } from './adadelta.ts';
export { type AdafactorOptions, adafactor } from './adafactor.ts';
export { type AdagradOptions, adagrad } from './adagrad.ts';
export { type AdamOptions, adam, adamw } from './adam.ts';
export { type AdamaxOptions, adamax } from './adamax.ts';
export { type AdanOptions, adan } from './adan.ts';
export { type AdemamixOptions, ademamix } from './ademamix.ts';
export { type AsgdOptions, asgd } from './asgd.ts';
export { type DAdaptAdamOptions, dAdaptAdam } from './dadapt.ts';
export type { CompiledName, OptimizerAlias, OptimizerName } from './facts/names.ts';
export { type FtrlOptions, ftrl } from './ftrl.ts';
export { type LambOptions, lamb } from './lamb.ts';
export { type LarsOptions, lars } from './lars.ts';
export { type LbfgsOptions, lbfgs } from './lbfgs.ts';
export { type LionOptions, lion } from './lion.ts';
export { type LookaheadOptions, lookahead } from './lookahead.ts';
export { type MultiOptimizerOptions, multiOptimizer } from './multi-optimizer.ts';
export { type MuonOptions, muon } from './muon.ts';
export { type NadamOptions, nadam } from './nadam.ts';
export { type NovogradOptions, novograd } from './novograd.ts';
export type { Optimizer } from './optimizer.ts';
export type { EpsilonMode, OptimizerOptions } from './options.ts';
export type { GradientPair } from './pairs.ts';
export { type ProdigyOptions, prodigy } from './prodigy.ts';
export { type RadamOptions, radam } from './radam.ts';
export { type RmspropOptions, rmsprop } from './rmsprop.ts';
export { type RpropOptions, rprop } from './rprop.ts';
export { type SamOptions, sam } from './sam.ts';
export {
  type ScheduleFreeAdamWOptions,
  type ScheduleFreeSgdOptions,
  scheduleFreeAdamW,
  scheduleFreeSgd,
} from './schedule-free.ts';
export { type MomentumOptions, momentum, nesterov, type SgdOptions, sgd } from './sgd.ts';
export { signSgd } from './sign-sgd.ts';
export { type SoapOptions, soap } from './soap.ts';
export { type SophiaOptions, sophia } from './sophia.ts';
export { type YogiOptions, yogi } from './yogi.ts';
