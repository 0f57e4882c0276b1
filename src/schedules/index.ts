/**
 * Learning rates that change from step to step: pass one as an optimizer's `learningRate`. The core evaluates them in
 * float64 (assembly/optimizers/schedules.ts has the formulas), so the weights are the same in every engine.
 */
export {
  type JoinSchedulesOptions,
  joinSchedules,
  type LinearOptions,
  linear,
  type WarmupOptions,
  warmup,
} from './composed.ts';
export {
  type CyclicalOptions,
  cyclical,
  type NoamOptions,
  noam,
  type OneCycleOptions,
  oneCycle,
  type StepOptions,
  step,
} from './cycles.ts';
export {
  type CosineDecayOptions,
  type CosineDecayRestartsOptions,
  cosineDecay,
  cosineDecayRestarts,
  type DecayOptions,
  exponentialDecay,
  inverseTimeDecay,
  type PiecewiseConstantDecayOptions,
  type PolynomialDecayOptions,
  piecewiseConstantDecay,
  polynomialDecay,
} from './decays.ts';
export type { Schedule, ScheduleName } from './schedule.ts';
