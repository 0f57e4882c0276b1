/** Every optimizer by name: those that `compile` knows, then those of the full core, each in order of invention. */

import { adabeliefFacts, adabeliefRule } from './adabelief.ts';
import { adaboundFacts, adaboundRule } from './adabound.ts';
import { adadeltaFacts, adadeltaRule } from './adadelta.ts';
import { adafactorFacts, adafactorRule } from './adafactor.ts';
import { adagradFacts, adagradRule } from './adagrad.ts';
import { adamFacts, adamRule, adamwFacts, adamwRule } from './adam.ts';
import { adamaxFacts, adamaxRule } from './adamax.ts';
import { adanFacts, adanRule } from './adan.ts';
import { ademamixFacts, ademamixRule } from './ademamix.ts';
import { asgdFacts, asgdRule } from './asgd.ts';
import { dAdaptAdamFacts, dAdaptAdamRule } from './dadapt.ts';
import { ftrlFacts, ftrlRule } from './ftrl.ts';
import { lambFacts, lambRule } from './lamb.ts';
import { larsFacts, larsRule } from './lars.ts';
import { lbfgsFacts, lbfgsRule } from './lbfgs.ts';
import { lionFacts, lionRule } from './lion.ts';
import { muonFacts, muonRule } from './muon.ts';
import { nadamFacts, nadamRule } from './nadam.ts';
import type { OptimizerName } from './names.ts';
import { novogradFacts, novogradRule } from './novograd.ts';
import { prodigyFacts, prodigyRule } from './prodigy.ts';
import { radamFacts, radamRule } from './radam.ts';
import { rmspropFacts, rmspropRule } from './rmsprop.ts';
import { rpropFacts, rpropRule } from './rprop.ts';
import type { OptimizerFacts, OptimizerRule } from './rule.ts';
import {
  scheduleFreeAdamWFacts,
  scheduleFreeAdamWRule,
  scheduleFreeSgdFacts,
  scheduleFreeSgdRule,
} from './schedule-free.ts';
import { momentumFacts, momentumRule, nesterovFacts, nesterovRule, sgdFacts, sgdRule } from './sgd.ts';
import { signSgdFacts, signSgdRule } from './sign-sgd.ts';
import { soapFacts, soapRule } from './soap.ts';
import { sophiaFacts, sophiaRule } from './sophia.ts';
import { yogiFacts, yogiRule } from './yogi.ts';

export const RULES = {
  sgd: sgdRule,
  momentum: momentumRule,
  nesterov: nesterovRule,
  adagrad: adagradRule,
  rmsprop: rmspropRule,
  adam: adamRule,
  adamw: adamwRule,
  nadam: nadamRule,
  ftrl: ftrlRule,
  adadelta: adadeltaRule,
  adamax: adamaxRule,
  yogi: yogiRule,
  signSgd: signSgdRule,
  radam: radamRule,
  adabelief: adabeliefRule,
  adan: adanRule,
  lion: lionRule,
  scheduleFreeSgd: scheduleFreeSgdRule,
  scheduleFreeAdamW: scheduleFreeAdamWRule,
  lamb: lambRule,
  lars: larsRule,
  novograd: novogradRule,
  adafactor: adafactorRule,
  muon: muonRule,
  ademamix: ademamixRule,
  rprop: rpropRule,
  asgd: asgdRule,
  adabound: adaboundRule,
  sophia: sophiaRule,
  dAdaptAdam: dAdaptAdamRule,
  prodigy: prodigyRule,
  soap: soapRule,
  lbfgs: lbfgsRule,
} satisfies Readonly<Record<OptimizerName, OptimizerRule>>;

export const FACTS: Readonly<Record<OptimizerName, OptimizerFacts>> = {
  sgd: sgdFacts,
  momentum: momentumFacts,
  nesterov: nesterovFacts,
  adagrad: adagradFacts,
  rmsprop: rmspropFacts,
  adam: adamFacts,
  adamw: adamwFacts,
  nadam: nadamFacts,
  ftrl: ftrlFacts,
  adadelta: adadeltaFacts,
  adamax: adamaxFacts,
  yogi: yogiFacts,
  signSgd: signSgdFacts,
  radam: radamFacts,
  adabelief: adabeliefFacts,
  adan: adanFacts,
  lion: lionFacts,
  scheduleFreeSgd: scheduleFreeSgdFacts,
  scheduleFreeAdamW: scheduleFreeAdamWFacts,
  lamb: lambFacts,
  lars: larsFacts,
  novograd: novogradFacts,
  adafactor: adafactorFacts,
  muon: muonFacts,
  ademamix: ademamixFacts,
  rprop: rpropFacts,
  asgd: asgdFacts,
  adabound: adaboundFacts,
  sophia: sophiaFacts,
  dAdaptAdam: dAdaptAdamFacts,
  prodigy: prodigyFacts,
  soap: soapFacts,
  lbfgs: lbfgsFacts,
};
