/** Learning rate schedules in plain float64, as Keras words them; options as the library takes them. */

export interface Settings {
  readonly initialLearningRate: number;
  readonly decaySteps: number;
  readonly decayRate?: number;
  readonly staircase?: boolean;
  readonly endLearningRate?: number;
  readonly power?: number;
  readonly cycle?: boolean;
  readonly alpha?: number;
  readonly warmupTarget?: number;
  readonly warmupSteps?: number;
  readonly tMul?: number;
  readonly mMul?: number;
}

const progress = (step: number, steps: number, staircase: boolean) =>
  staircase ? Math.floor(step / steps) : step / steps;

export const exponential = (
  { initialLearningRate, decaySteps, decayRate = 1, staircase = false }: Settings,
  s: number,
) => initialLearningRate * decayRate ** progress(s, decaySteps, staircase);

export const inverseTime = (
  { initialLearningRate, decaySteps, decayRate = 0, staircase = false }: Settings,
  s: number,
) => initialLearningRate / (1 + decayRate * progress(s, decaySteps, staircase));

export function polynomial(settings: Settings, s: number): number {
  const { initialLearningRate, decaySteps, endLearningRate = 1e-4, power = 1, cycle = false } = settings;
  const length = cycle ? decaySteps * Math.max(1, Math.ceil(s / decaySteps)) : decaySteps;
  const left = 1 - (cycle ? s : Math.min(s, decaySteps)) / length;
  return (initialLearningRate - endLearningRate) * left ** power + endLearningRate;
}

const cosineOf = (fraction: number) => (1 + Math.cos(Math.PI * fraction)) / 2;

export function cosine(settings: Settings, s: number): number {
  const { initialLearningRate, decaySteps, alpha = 0, warmupTarget, warmupSteps = 0 } = settings;
  const decayed = (from: number, step: number) =>
    from * ((1 - alpha) * cosineOf(Math.min(step, decaySteps) / decaySteps) + alpha);
  if (warmupTarget === undefined) return decayed(initialLearningRate, s);
  if (s < warmupSteps) return initialLearningRate + ((warmupTarget - initialLearningRate) * s) / warmupSteps;
  return decayed(warmupTarget, s - warmupSteps);
}

export function cosineRestarts(settings: Settings, s: number): number {
  const { initialLearningRate, decaySteps, tMul = 2, mMul = 1, alpha = 0 } = settings;
  let [left, length, height] = [s, decaySteps, 1];
  while (left >= length) [left, length, height] = [left - length, length * tMul, height * mMul];
  return initialLearningRate * ((1 - alpha) * height * cosineOf(left / length) + alpha);
}
