/** The optimizers in float64: the plain formulas, as the papers and Keras write them. */

export type Name = 'sgd' | 'momentum' | 'nesterov' | 'adagrad' | 'rmsprop' | 'adam' | 'nadam';
export type EpsilonMode = 'hat' | 'paper' | 'insideSqrt';

export interface Settings {
  readonly name: Name;
  readonly learningRate: number;
  /** Of momentum, nesterov and rmsprop. */
  readonly momentum?: number;
  readonly dampening?: number;
  readonly rho?: number;
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
  readonly epsilonMode?: EpsilonMode;
  readonly initialAccumulator?: number;
  readonly centered?: boolean;
  readonly amsgrad?: boolean;
  readonly momentumDecay?: number;
  readonly weightDecay?: number;
}

/** What Keras takes where nothing is said. */
export function withDefaults(settings: Settings): Required<Settings> {
  return {
    momentum: 0,
    dampening: 0,
    rho: 0.9,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-7,
    epsilonMode: settings.name === 'adam' ? 'hat' : 'insideSqrt',
    initialAccumulator: 0.1,
    centered: false,
    amsgrad: false,
    momentumDecay: 1,
    weightDecay: 0,
    ...settings,
  };
}

/** The slots of an optimizer, in the order of the kernels, with what each starts from. */
export function initialSlots(settings: Settings): readonly number[] {
  const s = withDefaults(settings);
  switch (s.name) {
    case 'sgd':
      return [];
    case 'momentum':
    case 'nesterov':
      return [0];
    case 'adagrad':
      return [s.initialAccumulator];
    case 'rmsprop':
      return [0, ...(s.momentum > 0 ? [0] : []), ...(s.centered ? [0] : [])];
    case 'adam':
      return s.amsgrad ? [0, 0, 0] : [0, 0];
    case 'nadam':
      return [0, 0];
  }
}

/** The weights after each step. One weight after the other; the formulas are those of one weight. */
export function trajectory(settings: Settings, start: ArrayLike<number>, gradients: ArrayLike<number>[]): number[][] {
  const rows = gradients.map(() => new Array<number>(start.length).fill(0));
  for (let i = 0; i < start.length; i++) {
    const step = STEPS[settings.name](withDefaults(settings));
    let w = start[i] ?? 0;
    gradients.forEach((gradient, k) => {
      w -= w * (settings.weightDecay ?? 0) * settings.learningRate;
      w += step(gradient[i] ?? 0, k + 1);
      (rows[k] ?? [])[i] = w;
    });
  }
  return rows;
}

/** What a gradient adds to a weight in step t (from 1 on). Slots live in the closure. */
type Step = (g: number, t: number) => number;

const STEPS: Record<Name, (s: Required<Settings>) => Step> = {
  sgd: (s) => (g) => -s.learningRate * g,

  momentum(s) {
    let v = 0;
    return (g) => {
      v = s.momentum * v - s.learningRate * (1 - s.dampening) * g;
      return v;
    };
  },

  nesterov(s) {
    let v = 0;
    return (g) => {
      v = s.momentum * v - s.learningRate * (1 - s.dampening) * g;
      return s.momentum * v - s.learningRate * (1 - s.dampening) * g;
    };
  },

  adagrad(s) {
    let a = s.initialAccumulator;
    return (g) => {
      a += g ** 2;
      return (-s.learningRate * g) / root(a, s);
    };
  },

  rmsprop(s) {
    let v = 0;
    let average = 0;
    let b = 0;
    return (g) => {
      v = s.rho * v + (1 - s.rho) * g ** 2;
      average = s.rho * average + (1 - s.rho) * g;
      const variance = s.centered ? Math.max(v - average ** 2, 0) : v;
      b = s.momentum * b + (s.learningRate * g) / root(variance, s);
      return -b;
    };
  },

  adam(s) {
    let m = 0;
    let v = 0;
    let vMax = 0;
    return (g, t) => {
      m = s.beta1 * m + (1 - s.beta1) * g;
      v = s.beta2 * v + (1 - s.beta2) * g ** 2;
      vMax = Math.max(vMax, v);
      const variance = s.amsgrad ? vMax : v;
      const correction1 = 1 - s.beta1 ** t;
      const correction2 = 1 - s.beta2 ** t;
      if (s.epsilonMode === 'hat') {
        return -((s.learningRate * Math.sqrt(correction2)) / correction1) * (m / (Math.sqrt(variance) + s.epsilon));
      }
      return (-s.learningRate * (m / correction1)) / root(variance / correction2, s);
    };
  },

  nadam(s) {
    let m = 0;
    let v = 0;
    let product = 1;
    const u = (t: number) => s.beta1 * (1 - 0.5 * 0.96 ** (s.momentumDecay * t));
    return (g, t) => {
      m = s.beta1 * m + (1 - s.beta1) * g;
      v = s.beta2 * v + (1 - s.beta2) * g ** 2;
      product *= u(t);
      const mHat = (u(t + 1) * m) / (1 - product * u(t + 1)) + ((1 - u(t)) * g) / (1 - product);
      return (-s.learningRate * mHat) / (Math.sqrt(v / (1 - s.beta2 ** t)) + s.epsilon);
    };
  },
};

function root(v: number, s: Required<Settings>): number {
  return s.epsilonMode === 'insideSqrt' ? Math.sqrt(v + s.epsilon) : Math.sqrt(v) + s.epsilon;
}
