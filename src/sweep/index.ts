/**
 * Sweeps: many trainings with different settings, whose result is the same on any number of workers.
 *
 * @module simdescent/sweep
 */

export type { Watcher } from './drive.ts';
export { type FunctionsOptions, functions } from './functions.ts';
export type { ComputeOptions, Hands, Job, Outcome } from './job.ts';
export type { Run, RunOutput, RunResult, Task } from './perform.ts';
export type { Aim, Objective, SearchMethod, SearchName, SearchOptions, TpeOptions } from './plan.ts';
export { type ProcessesOptions, processes } from './processes.ts';
export { type Verification, type VerifyOptions, verify } from './published.ts';
export { type QueueOptions, queue } from './queue/hands.ts';
export { type WorkOptions, work } from './queue/work.ts';
export { type Search, search, type Total, type Trial } from './search.ts';
export { type Served, type ServedFile, type ServeOptions, serve } from './served/serve.ts';
export type { Settings, SettingValue } from './settings.ts';
export type {
  Choice,
  Conditional,
  IntegerRange,
  LogRange,
  Range,
  SettingsOf,
  Space,
  UniformRange,
  ValueOf,
  When,
} from './space.ts';
export { type SweepOptions, type SweepResult, sweep } from './sweep.ts';
