/** The facts of the optimizers are whole, and what repeats them by hand (the README) repeats them rightly. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { AT_OPTIONS, AT_SCALARS } from '../assembly/optimizers/layout.ts';
import { optimizers } from '../src/index.ts';
import { FACTS, RULES } from '../src/optimizers/facts/index.ts';
import {
  isNumber,
  type OptimizerRule,
  type OptionFacts,
  type OptionTable,
  type Values,
} from '../src/optimizers/facts/rule.ts';
import { having, OPTIMIZER_NAMES, OPTION_NAMES, OPTIONS, optionOf, optionsOf } from '../src/optimizers/facts/words.ts';
import { slotShape } from '../src/optimizers/slots.ts';
import { sizeOf } from '../src/validate.ts';

/** Values that may change which slots there are or how the formula reads: of a number none, some and the default. */
function valuesOf(facts: OptionFacts): (number | boolean | string)[] {
  if ('codes' in facts) return Object.keys(facts.codes);
  return isNumber(facts) ? [0, 0.5, facts.byDefault ?? 0] : [false, true];
}

/** All combinations of the options of a rule. */
const combinations = ({ options }: OptimizerRule): Values<OptionTable>[] =>
  Object.entries(options).reduce<Record<string, number | boolean | string>[]>(
    (all, [name, facts]) => all.flatMap((own) => valuesOf(facts).map((value) => ({ ...own, [name]: value }))),
    [{}],
  );

describe.each(OPTIMIZER_NAMES)('%s', (name) => {
  const rule: OptimizerRule = RULES[name];

  test('is a function of that name, which takes the options of its rule and keeps its slots', () => {
    const { className, config } = optimizers[name]().toConfig();
    expect([rule.name, className]).toEqual([name, name]);
    const own = Object.entries(rule.options).map(([option, facts]) => [option, facts.byDefault]);
    const { weightDecay } = rule;
    expect(config).toEqual({
      ...{ learningRate: rule.learningRate, ...Object.fromEntries(own) },
      ...(weightDecay !== undefined && { weightDecay }),
    });
    expect(own.length).toBeLessThanOrEqual((AT_SCALARS - AT_OPTIONS) / 8);
  });

  test('has a formula that names the slots it keeps, whatever the options, and no option it does not have', () => {
    const { formula, symbols } = FACTS[name];
    const mine = optionsOf(name).flatMap((option) => OPTIONS[option].symbol ?? []);
    const others = OPTION_NAMES.flatMap((option) => OPTIONS[option].symbol ?? []).filter((one) => !mine.includes(one));
    // most options change no line: each text is looked at once
    const texts = combinations(rule).map((own) => [`${formula(own)} ${rule.slots(own)}`, own] as const);
    for (const own of new Map(texts).values()) {
      const lines = formula(own);
      const text = lines.join('\n');
      const kept = rule.slots(own).map((slot) => symbols[slot]);
      expect(new Set(kept).size, 'each slot has a symbol of its own').toBe(rule.slots(own).length);
      // of numbered slots the formula shows the first
      for (const slot of rule.slots(own).filter((one) => !/([2-9]|\d\d)$/.test(one)))
        expect(text).toContain(`${symbols[slot]} ← `);
      expect(lines.at(-1)).toMatch(/^w ← /);
      // latin letters occur in words and slots as well
      for (const symbol of others.filter((one) => !/^[a-z]/.test(one))) expect(text).not.toContain(symbol);
    }
  });
});

test('every option has the same range in all optimizers that have it', () => {
  for (const option of OPTION_NAMES) {
    const ranges = having(option).map((name) => {
      const { byDefault: _, ...range } = optionOf(name, option) ?? {};
      return 'codes' in range ? 'names' : JSON.stringify(range);
    });
    expect([option, new Set(ranges).size]).toEqual([option, 1]);
  }
});

test('every optimizer has a colour, a dash and marker of its own', () => {
  const pens = Object.values(FACTS).map(({ pen }) => pen);
  for (const look of [pens.map(({ light }) => light), pens.map(({ dark }) => dark), pens.map(({ symbol }) => symbol)])
    expect(new Set(look).size).toBe(OPTIMIZER_NAMES.length);
});

test("the README's table has their bytes and rates", () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const rows = [...readme.matchAll(/^\| `(\w+)` \| [^|]+ \| (\d+)[^|]* \| ([\d.]+) \|/gm)];
  expect(rows.length).toBe(OPTIMIZER_NAMES.length - 1); // adamw has a sentence
  for (const [, name = '', bytes, rate] of rows) {
    const optimizer = optimizers[name as keyof typeof RULES]();
    const sizes = optimizer.spec.slots.map(
      (slot) => sizeOf(slotShape(optimizer, slot, [500, 500], '') ?? [0]) / 500 ** 2,
    );
    const floats = Math.round(sizes.reduce((sum, size) => sum + size, 0));
    expect([name, Number(bytes), Number(rate)]).toEqual([name, 4 * floats, optimizer.learningRate]);
  }
});
