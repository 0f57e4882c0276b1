import {
  ADABELIEF,
  ADABOUND,
  ADADELTA,
  ADAFACTOR,
  ADAMAX,
  ADAN,
  ADEMAMIX,
  ASGD,
  D_ADAPT_ADAM,
  FTRL,
  LAMB,
  LARS,
  LBFGS,
  LION,
  MUON,
  NOVOGRAD,
  PRODIGY,
  RADAM,
  RPROP,
  SCHEDULE_FREE_ADAMW,
  SCHEDULE_FREE_SGD,
  SIGN_SGD,
  SOAP,
  SOPHIA,
  YOGI,
} from "../../codes";
import { each, No, Yes } from "./each";
import { kind, learningRate } from "../state";
import { Adabelief, prepareAdabelief } from "./adabelief";
import { Adabound, keepsMaximum, prepareAdabound } from "./adabound";
import { Adadelta, prepareAdadelta } from "./adadelta";
import { prepareAdafactor } from "./adafactor";
import { Adamax, prepareAdamax } from "./adamax";
import { Adan, prepareAdan } from "./adan";
import { Ademamix, prepareAdemamix } from "./ademamix";
import { Asgd, prepareAsgd } from "./asgd";
import { prepareDadapt } from "./dadapt";
import { Ftrl, Power, prepareFtrl, Root, takesRoot } from "./ftrl";
import { prepareLamb } from "./lamb";
import { prepareLars } from "./lars";
import { Lion, prepareLion } from "./lion";
import { prepareMuon } from "./muon";
import { prepareNovograd } from "./novograd";
import { prepareProdigy } from "./prodigy";
import { prepareRadam, Radam, rectified } from "./radam";
import { prepareRprop, Rprop } from "./rprop";
import { prepareScheduleFreeAdamw, prepareScheduleFreeSgd, ScheduleFreeAdamw, ScheduleFreeSgd } from "./schedule-free";
import { prepareSignSgd, SignSgd } from "./sign-sgd";
import { prepareSoap } from "./soap";
import { estimates, prepareSophia, Sophia } from "./sophia";
import { prepareYogi, Yogi } from "./yogi";

/** Optimizers beyond those of optimizers/index.ts: only in the `full` binaries. */

export function prepareFull(state: usize): void {
  switch (kind(state)) {
    case ADADELTA:
      return prepareAdadelta(state);
    case ADAMAX:
      return prepareAdamax(state);
    case LION:
      return prepareLion(state);
    case FTRL:
      return prepareFtrl(state);
    case SCHEDULE_FREE_ADAMW:
      return prepareScheduleFreeAdamw(state);
    case SCHEDULE_FREE_SGD:
      return prepareScheduleFreeSgd(state);
    case RADAM:
      return prepareRadam(state);
    case ADABELIEF:
      return prepareAdabelief(state);
    case YOGI:
      return prepareYogi(state);
    case ADAN:
      return prepareAdan(state);
    case ADEMAMIX:
      return prepareAdemamix(state);
    case SIGN_SGD:
      return prepareSignSgd(state);
    case ADABOUND:
      return prepareAdabound(state);
    case RPROP:
      return prepareRprop(state);
    case ASGD:
      return prepareAsgd(state);
    case SOPHIA:
      return prepareSophia(state);
    case LAMB:
      return prepareLamb(state);
    case LARS:
      return prepareLars(state);
    case NOVOGRAD:
      return prepareNovograd(state);
    case MUON:
      return prepareMuon(state);
    case ADAFACTOR:
      return prepareAdafactor(state);
    case PRODIGY:
      return prepareProdigy(state);
    case D_ADAPT_ADAM:
      return prepareDadapt(state);
    case SOAP:
      return prepareSoap(state);
    case LBFGS:
      // all its scalars are options
      return;
    default:
      assert(false, "an unknown optimizer");
  }
}

export function updateFull(state: usize, w: usize, g: usize, slots: usize, stride: i32, n: i32): void {
  switch (kind(state)) {
    case ADADELTA:
      return each<Adadelta>(state, w, g, slots, stride, n);
    case ADAMAX:
      return each<Adamax>(state, w, g, slots, stride, n);
    case LION:
      return each<Lion>(state, w, g, slots, stride, n);
    case FTRL:
      if (!(learningRate(state) > 0)) return;
      if (takesRoot(state)) return each<Ftrl<Root>>(state, w, g, slots, stride, n);
      return each<Ftrl<Power>>(state, w, g, slots, stride, n);
    case SCHEDULE_FREE_ADAMW:
      return each<ScheduleFreeAdamw>(state, w, g, slots, stride, n);
    case SCHEDULE_FREE_SGD:
      return each<ScheduleFreeSgd>(state, w, g, slots, stride, n);
    case RADAM:
      if (rectified(state)) return each<Radam<Yes>>(state, w, g, slots, stride, n);
      return each<Radam<No>>(state, w, g, slots, stride, n);
    case ADABELIEF:
      return each<Adabelief>(state, w, g, slots, stride, n);
    case YOGI:
      return each<Yogi>(state, w, g, slots, stride, n);
    case ADAN:
      return each<Adan>(state, w, g, slots, stride, n);
    case ADEMAMIX:
      return each<Ademamix>(state, w, g, slots, stride, n);
    case SIGN_SGD:
      return each<SignSgd>(state, w, g, slots, stride, n);
    case ADABOUND:
      if (keepsMaximum(state)) return each<Adabound<Yes>>(state, w, g, slots, stride, n);
      return each<Adabound<No>>(state, w, g, slots, stride, n);
    case RPROP:
      return each<Rprop>(state, w, g, slots, stride, n);
    case ASGD:
      return each<Asgd>(state, w, g, slots, stride, n);
    case SOPHIA:
      if (estimates(state)) return each<Sophia<Yes>>(state, w, g, slots, stride, n);
      return each<Sophia<No>>(state, w, g, slots, stride, n);
    default:
      assert(false, "an unknown optimizer");
  }
}
