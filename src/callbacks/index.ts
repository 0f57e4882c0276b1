export { type CsvLoggerOptions, csvLogger } from './csv-logger.ts';
export { type EarlyStopping, type EarlyStoppingOptions, earlyStopping } from './early-stopping.ts';
export {
  type GradientStatistics,
  type GradientStatisticsOptions,
  type GradientSummary,
  gradientStatistics,
} from './gradient-statistics.ts';
export { type LearningRateSchedulerOptions, learningRateScheduler } from './learning-rate-scheduler.ts';
export { type CheckpointPlace, type ModelCheckpointOptions, modelCheckpoint } from './model-checkpoint.ts';
export type { MonitorOptions } from './monitor.ts';
export { type ProgressOptions, progress } from './progress.ts';
export { type ReduceLROnPlateauOptions, reduceLROnPlateau } from './reduce-lr-on-plateau.ts';
export { type TerminateOnNaNOptions, terminateOnNaN } from './terminate-on-nan.ts';
