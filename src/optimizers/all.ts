/** Every optimizer by name, as a function: for configs, files and the command line. */
import type { OptimizerName } from './facts/names.ts';
import * as optimizers from './index.ts';

export const optimizerFunctions = {
  sgd: optimizers.sgd,
  momentum: optimizers.momentum,
  nesterov: optimizers.nesterov,
  adagrad: optimizers.adagrad,
  rmsprop: optimizers.rmsprop,
  adam: optimizers.adam,
  adamw: optimizers.adamw,
  nadam: optimizers.nadam,
  ftrl: optimizers.ftrl,
  adadelta: optimizers.adadelta,
  adamax: optimizers.adamax,
  yogi: optimizers.yogi,
  signSgd: optimizers.signSgd,
  radam: optimizers.radam,
  adabelief: optimizers.adabelief,
  adan: optimizers.adan,
  lion: optimizers.lion,
  scheduleFreeSgd: optimizers.scheduleFreeSgd,
  scheduleFreeAdamW: optimizers.scheduleFreeAdamW,
  lamb: optimizers.lamb,
  lars: optimizers.lars,
  novograd: optimizers.novograd,
  adafactor: optimizers.adafactor,
  muon: optimizers.muon,
  ademamix: optimizers.ademamix,
  rprop: optimizers.rprop,
  asgd: optimizers.asgd,
  adabound: optimizers.adabound,
  sophia: optimizers.sophia,
  dAdaptAdam: optimizers.dAdaptAdam,
  prodigy: optimizers.prodigy,
  soap: optimizers.soap,
  lbfgs: optimizers.lbfgs,
} satisfies Readonly<Record<OptimizerName, (options?: never) => optimizers.Optimizer>>;

export const OPTIMIZERS = /* @__PURE__ */ Object.keys(optimizerFunctions) as OptimizerName[];
