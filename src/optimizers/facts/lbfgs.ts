import { LBFGS } from '../../../assembly/codes.ts';
import { number, type OptimizerFacts, rule } from './rule.ts';

const MOST_PAIRS = 100;

/** Slots of so many pairs, the newest first. */
const pairs = (historySize: number): string[] =>
  Array.from({ length: historySize }, (_, i) => [`step${i + 1}`, `change${i + 1}`]).flat();

/** Symbols of all slots that there may be. */
function symbolsOfSlots(): Record<string, string> {
  const below = (name: string) => name.replace(/\D/g, '').replace(/\d/g, (digit) => '₀₁₂₃₄₅₆₇₈₉'.charAt(Number(digit)));
  const symbols = pairs(MOST_PAIRS).map((name) => [name, (name.startsWith('step') ? 's' : 'y') + below(name)]);
  return { direction: 'd', gradient: 'g₀', ...Object.fromEntries(symbols) };
}

export const lbfgsRule = /* @__PURE__ */ rule({
  name: 'lbfgs',
  kind: () => LBFGS,
  learningRate: 1,
  options: {
    historySize: { byDefault: 10, from: 1, to: MOST_PAIRS, integer: true },
    toleranceGradient: /* @__PURE__ */ number(1e-7),
    toleranceChange: /* @__PURE__ */ number(1e-9),
    sufficientDecrease: { byDefault: 1e-4, below: 1 },
    curvature: { byDefault: 0.9, below: 1 },
    maxSearchSteps: { byDefault: 25, from: 1, to: 1000, integer: true },
  },
  slots: ({ historySize }) => ['direction', 'gradient', ...pairs(historySize)],
  searches: true,
  without: [
    'weightDecay',
    'clipnorm',
    'clipvalue',
    'globalClipnorm',
    'gradientAccumulationSteps',
    'excludeFromWeightDecay',
  ],
});

export const lbfgsFacts: OptimizerFacts<typeof lbfgsRule.options> = {
  title: 'L-BFGS',
  idea: 'Liu & Nocedal 1989: Newton’s method with a Hessian made of the last steps, and a line search',
  symbols: /* @__PURE__ */ symbolsOfSlots(),
  formula: ({ historySize: m, sufficientDecrease, curvature }) => [
    `sₖ ← sₖ₋₁,  yₖ ← yₖ₋₁ for k from ${m} to 2`,
    's₁ ← last step,  y₁ ← g − g₀,  g₀ ← g',
    'd ← −H g,  H from the pairs sₖ, yₖ',
    `t from η on with f(w + t d) ≤ f(w) + ${sufficientDecrease} t gᵀd`,
    `and |g(w + t d)ᵀd| ≤ ${curvature} |gᵀd|`,
    'w ← w + t d',
  ],
  pen: { light: '#5a4a00', dark: '#e8cf5a', dash: [9, 2, 2, 2, 2, 2], symbol: 'path://M-3,3v-6h2v4h4v2z' },
};
