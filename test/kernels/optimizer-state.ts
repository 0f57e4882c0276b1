import * as codes from '../../assembly/codes.ts';
import type { loadCore } from '../core.ts';
import { initialSlots, type Name, type Settings, withDefaults } from '../reference/optimizers.ts';

const KINDS: Record<Name, number> = {
  sgd: codes.SGD,
  momentum: codes.MOMENTUM,
  nesterov: codes.NESTEROV,
  adagrad: codes.ADAGRAD,
  rmsprop: codes.RMSPROP,
  adam: codes.ADAM,
  nadam: codes.NADAM,
};
const EPSILON_MODES = { hat: 0, paper: 1, insideSqrt: 2 };

/** An optimizer of the core: the state block that assembly/optimizers/state.ts draws, parameters, slots. */
export function makeOptimizer(core: ReturnType<typeof loadCore>, settings: Settings, start: ArrayLike<number>) {
  const s = withDefaults(settings);
  const n = start.length;
  const state = core.alloc(128);
  const view = new DataView(core.memory.buffer, state, 128);
  const family = s.name === 'adam' || s.name === 'nadam';
  const sgdFamily = s.name === 'momentum' || s.name === 'nesterov';
  view.setInt32(0, KINDS[s.name], true);
  view.setInt32(4, (s.momentum > 0 ? 1 : 0) | (s.centered ? 2 : 0) | (s.amsgrad ? 4 : 0), true);
  view.setFloat64(8, 0, true);
  view.setFloat64(16, s.learningRate, true);
  view.setFloat64(24, family ? s.beta1 : sgdFamily ? s.momentum : s.rho, true);
  view.setFloat64(32, family ? s.beta2 : sgdFamily ? s.dampening : s.momentum, true);
  view.setFloat64(40, s.epsilon, true);
  view.setFloat64(48, s.momentumDecay, true);
  // What is left from a former use: the first step must not trust it.
  view.setFloat64(56, 0.25, true);
  view.setFloat64(64, s.weightDecay, true);
  view.setInt32(72, EPSILON_MODES[s.epsilonMode], true);
  view.setInt32(76, 0, true);

  const initial = initialSlots(s);
  const stride = Math.ceil(n / 16) * 64 + 64;
  const slots = core.alloc(stride * Math.max(1, initial.length));
  const w = core.f32(start);
  const g = core.f32(n);
  const slotViews = initial.map((value, k) => new Float32Array(core.memory.buffer, slots + k * stride, n).fill(value));

  return {
    weights: w.view,
    gradient: g.view,
    slots: slotViews,
    get iterations(): number {
      return view.getFloat64(8, true);
    },
    set iterations(value: number) {
      view.setFloat64(8, value, true);
    },
    set momentumProduct(value: number) {
      view.setFloat64(56, value, true);
    },
    /** The float32 scalars that the last step used. */
    scalars: () => Array.from({ length: 12 }, (_, k) => view.getFloat32(80 + 4 * k, true)),
    /** One step; `cuts` are the places where the parameters are split among calls. */
    step(gradient: ArrayLike<number> = g.view, cuts: readonly number[] = []): void {
      if (gradient !== g.view) g.view.set(gradient);
      core.x.prepareOptimizer(state);
      let from = 0;
      for (const to of [...cuts, n]) {
        core.x.updateParameters(state, w.ptr + 4 * from, g.ptr + 4 * from, slots + 4 * from, stride, to - from);
        from = to;
      }
      core.x.advanceOptimizer(state);
    },
  };
}
