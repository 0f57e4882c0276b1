import { initialSlots, type Name, type Settings, withDefaults } from './optimizers.ts';

/**
 * The optimizers in float32: the arithmetic of the kernels operation by operation, each rounded by `r`, so that theirs
 * can be compared bit by bit.
 */

const r = Math.fround;
const TINY = 2 ** -100;
const TINY_ROOT = 2 ** -50;
const flush = (x: number, limit = TINY): number => (Math.abs(x) < limit ? 0 : x);

export interface Run32 {
  readonly weights: Float32Array;
  readonly slots: readonly Float32Array[];
}

/** The weights and slots after the last step. `iterations` is the number of steps done before the first. */
export function trajectory32(settings: Settings, start: ArrayLike<number>, gradients: ArrayLike<number>[]): Run32 {
  const s = withDefaults(settings);
  const weights = Float32Array.from(start);
  const slots = initialSlots(s).map((x) => new Float32Array(start.length).fill(x));
  const decay = r(s.weightDecay * s.learningRate);
  const step = STEPS32[s.name](s);
  let product = 1;
  gradients.forEach((gradient, k) => {
    const t = k + 1;
    const scalars = step.scalars(t, product);
    product *= nadamMomentum(s, t);
    for (let i = 0; i < weights.length; i++) {
      let w = weights[i] ?? 0;
      if (s.weightDecay > 0) w = flush(r(w - r(w * decay)));
      const state = slots.map((slot) => slot[i] ?? 0);
      weights[i] = step.update(w, r(gradient[i] ?? 0), state, scalars);
      slots.forEach((slot, at) => {
        slot[i] = state[at] ?? 0;
      });
    }
  });
  return { weights, slots };
}

interface Step32 {
  /** What is computed once a step, in float64, and rounded. */
  scalars(t: number, product: number): Record<string, number>;
  /** The new weight; `slots` are changed in place. */
  update(w: number, g: number, slots: number[], scalars: Record<string, number>): number;
}

const nadamMomentum = (s: Required<Settings>, t: number): number => s.beta1 * (1 - 0.5 * 0.96 ** (s.momentumDecay * t));

function rounded(values: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, r(value)]));
}

/** sqrt(v + e) or sqrt(v) + e */
function root32(v: number, epsilon: number, inside: boolean): number {
  return inside ? r(Math.sqrt(r(v + epsilon))) : r(r(Math.sqrt(v)) + epsilon);
}

/** One update function for momentum and nesterov. */
function velocity32(s: Required<Settings>, nesterov: boolean): Step32 {
  const { momentum: mu, rate } = rounded({
    momentum: s.momentum,
    rate: s.learningRate * (1 - s.dampening),
  }) as { momentum: number; rate: number };
  return {
    scalars: () => ({}),
    update(w, g, slots) {
      const descent = r(flush(g) * rate);
      const v = flush(r(r((slots[0] ?? 0) * mu) - descent));
      slots[0] = v;
      return r(w + (nesterov ? r(r(v * mu) - descent) : v));
    },
  };
}

export const STEPS32: Record<Name, (s: Required<Settings>) => Step32> = {
  sgd: (s) => ({
    scalars: () => ({}),
    update: (w, g) => r(w - r(flush(g) * r(s.learningRate))),
  }),
  momentum: (s) => velocity32(s, false),
  nesterov: (s) => velocity32(s, true),

  adagrad: (s) => ({
    scalars: () => ({}),
    update(w, gradient, slots) {
      const g = flush(gradient, TINY_ROOT);
      const a = r((slots[0] ?? 0) + r(g * g));
      slots[0] = a;
      return r(w - r(r(r(s.learningRate) * g) / root32(a, r(s.epsilon), s.epsilonMode === 'insideSqrt')));
    },
  }),

  rmsprop: (s) => ({
    scalars: () => ({}),
    update(w, gradient, slots) {
      const g = flush(gradient, TINY_ROOT);
      const rho = r(s.rho);
      const rest = r(1 - s.rho);
      const v = flush(r(r(rho * (slots[0] ?? 0)) + r(rest * r(g * g))));
      slots[0] = v;
      let variance = v;
      if (s.centered) {
        const at = s.momentum > 0 ? 2 : 1;
        const c = flush(r(r(rho * (slots[at] ?? 0)) + r(rest * g)), TINY_ROOT);
        slots[at] = c;
        variance = Math.max(r(v - r(c * c)), 0);
      }
      let change = r(r(r(s.learningRate) * g) / root32(variance, r(s.epsilon), s.epsilonMode === 'insideSqrt'));
      if (s.momentum > 0) {
        change = flush(r(r(r(s.momentum) * (slots[1] ?? 0)) + change));
        slots[1] = change;
      }
      return r(w - change);
    },
  }),

  adam: (s) => ({
    scalars(t) {
      const correction1 = 1 - s.beta1 ** t;
      const correction2 = 1 - s.beta2 ** t;
      const rate = s.epsilonMode === 'hat' ? s.learningRate * Math.sqrt(correction2) : s.learningRate;
      return rounded({ rate: rate / correction1, unbias: 1 / correction2 });
    },
    update(w, gradient, slots, { rate = 0, unbias = 0 }) {
      const { m, v } = moments32(s, flush(gradient, TINY_ROOT), slots);
      let variance = v;
      if (s.amsgrad) {
        variance = Math.max(v, slots[2] ?? 0);
        slots[2] = variance;
      }
      if (s.epsilonMode !== 'hat') variance = r(variance * unbias);
      return r(w - r(r(m * rate) / root32(variance, r(s.epsilon), s.epsilonMode === 'insideSqrt')));
    },
  }),

  nadam: (s) => ({
    scalars(t, before) {
      const product = before * nadamMomentum(s, t);
      const next = nadamMomentum(s, t + 1);
      return rounded({
        momentRate: (s.learningRate * next) / (1 - product * next),
        gradientRate: (s.learningRate * (1 - nadamMomentum(s, t))) / (1 - product),
        unbias: 1 / (1 - s.beta2 ** t),
      });
    },
    update(w, gradient, slots, { momentRate = 0, gradientRate = 0, unbias = 0 }) {
      const g = flush(gradient, TINY_ROOT);
      const { m, v } = moments32(s, g, slots);
      const direction = r(r(m * momentRate) + r(g * gradientRate));
      return r(w - r(direction / root32(r(v * unbias), r(s.epsilon), false)));
    },
  }),
};

function moments32(s: Required<Settings>, g: number, slots: number[]): { m: number; v: number } {
  const [m0 = 0, v0 = 0] = slots;
  const m = flush(r(m0 + r(r(g - m0) * r(1 - s.beta1))));
  const v = flush(r(v0 + r(r(r(g * g) - v0) * r(1 - s.beta2))));
  slots[0] = m;
  slots[1] = v;
  return { m, v };
}
