/**
 * How each optimizer is told from the others: by colour, dash and marker, so that one of the three is enough. The hues of the first
 * eight are Okabe and Ito's (distinct under every common colour blindness), each darkened or lightened until it
 * stands out by at least 3:1 from the page it is drawn on.
 */
import { FACTS } from '../../optimizers/facts/index.ts';
import type { Pen } from '../../optimizers/facts/rule.ts';
import { isOptimizer } from '../../optimizers/facts/words.ts';

const ALL = Object.values(FACTS).map(({ pen }) => pen);

export function penOf(optimizer: string, index: number): Pen {
  const pen = isOptimizer(optimizer) ? FACTS[optimizer].pen : ALL[index % ALL.length];
  if (!pen) throw new Error(`no pen for ${optimizer}`);
  return pen;
}

/** Everything else a chart is drawn with, in pairs of light and dark. */
export const INK = { light: '#1d2430', dark: '#e8ecf2' };
export const MUTED = { light: '#566070', dark: '#a3adbb' };
export const RULE = { light: '#d9dde3', dark: '#343b46' };
export const PAGE = { light: '#ffffff', dark: '#14171c' };
export const BAR = { light: '#3b6ea5', dark: '#6ea6e0' };
export const BAR_REST = { light: '#b4c7dc', dark: '#3c5572' };

/**
 * Style rules that recolour a chart on a dark page. The chart itself carries the light colours as plain attributes, so
 * that programs without style sheets draw it too.
 */
export function darkRules(): string {
  const pairs = [...ALL, INK, MUTED, RULE, PAGE, BAR, BAR_REST];
  const rules = pairs.map(
    ({ light, dark }) => `svg [fill="${light}"]{fill:${dark}}svg [stroke="${light}"]{stroke:${dark}}`,
  );
  return `@media (prefers-color-scheme:dark){${rules.join('')}}`;
}
