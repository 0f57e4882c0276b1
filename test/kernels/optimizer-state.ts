import * as layout from '../../assembly/optimizers/layout.ts';
import { RULES } from '../../src/optimizers/facts/index.ts';
import type { OptimizerRule } from '../../src/optimizers/facts/rule.ts';
import type { loadCore } from '../core.ts';
import { initialSlots, type Settings, withDefaults } from '../reference/optimizers.ts';

/** An optimizer of the core: the state block that assembly/optimizers/layout.ts draws, parameters, slots. */
export function makeOptimizer(core: ReturnType<typeof loadCore>, settings: Settings, start: ArrayLike<number>) {
  const s = withDefaults(settings);
  const n = start.length;
  const rule: OptimizerRule = RULES[s.name];
  const own = { ...s, initialAccumulatorValue: s.initialAccumulator, nesterov: false };
  const state = core.alloc(layout.STATE_BYTES);
  // what the memory held before is no accumulation of gradients
  new Uint8Array(core.memory.buffer, state, layout.STATE_BYTES).fill(0);
  const view = new DataView(core.memory.buffer, state, layout.STATE_BYTES);
  view.setInt32(layout.AT_KIND, rule.kind(own), true);
  view.setFloat64(layout.AT_LEARNING_RATE, s.learningRate, true);
  view.setFloat64(layout.AT_WEIGHT_DECAY, s.weightDecay, true);
  // a number left from a former use: the first step must not trust it
  view.setFloat64(layout.AT_MOMENTUM_PRODUCT, 0.25, true);
  for (const [i, [name, facts]] of Object.entries(rule.options).entries()) {
    const value = own[name as keyof typeof own];
    const number = 'codes' in facts ? facts.codes[String(value)] : value;
    view.setFloat64(layout.AT_OPTIONS + 8 * i, Number(number), true);
  }

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
      return view.getFloat64(layout.AT_CALLS, true);
    },
    set iterations(value: number) {
      view.setFloat64(layout.AT_CALLS, value, true);
    },
    get momentumProduct(): number {
      return view.getFloat64(layout.AT_MOMENTUM_PRODUCT, true);
    },
    set momentumProduct(value: number) {
      view.setFloat64(layout.AT_MOMENTUM_PRODUCT, value, true);
    },
    /** Goes on as if `iterations` steps had been done. */
    seek(iterations: number): void {
      view.setFloat64(layout.AT_CALLS, iterations, true);
      core.x.seekOptimizer(state);
    },
    /** The float32 scalars that the last step used. */
    scalars: () => Array.from({ length: 12 }, (_, k) => view.getFloat32(layout.AT_SCALARS + 4 * k, true)),
    /** One step; `cuts` are the places where the parameters are split among calls. */
    step(gradient: ArrayLike<number> = g.view, cuts: readonly number[] = []): void {
      if (gradient !== g.view) g.view.set(gradient);
      core.x.prepareOptimizer(state);
      let from = 0;
      for (const to of [...cuts, n]) {
        core.x.updateParameters(state, w.ptr + 4 * from, g.ptr + 4 * from, slots + 4 * from, stride, to - from, false);
        from = to;
      }
      core.x.advanceOptimizer(state);
    },
  };
}
