/**
 * How each optimizer is told from the others: by colour, dash and marker, so that one of the three is enough. The hues
 * are Okabe and Ito's (distinct under every common colour blindness), each darkened or lightened until it
 * stands out by at least 3:1 from the page it is drawn on.
 */

export interface Pen {
  readonly light: string;
  readonly dark: string;
  readonly dash: 'solid' | readonly number[];
  /** A name that ECharts knows, or a path of its own. */
  readonly symbol: string;
}

const PLUS = 'path://M-1,-3h2v2h2v2h-2v2h-2v-2h-2v-2h2z';
const DOWN = 'path://M-3,-3h6l-3,6z';
const CROSS = 'path://M-3,-2l1,-1l2,2l2,-2l1,1l-2,2l2,2l-1,1l-2,-2l-2,2l-1,-1l2,-2z';

const PENS: Readonly<Record<string, Pen>> = {
  sgd: { light: '#5f6673', dark: '#b9c0cc', dash: [2, 3], symbol: 'circle' },
  momentum: { light: '#0067a6', dark: '#4fa8ea', dash: 'solid', symbol: 'rect' },
  nesterov: { light: '#2e93c7', dark: '#8fd0f5', dash: [7, 4], symbol: 'triangle' },
  adagrad: { light: '#a97800', dark: '#e8b730', dash: [4, 3], symbol: 'diamond' },
  rmsprop: { light: '#c75300', dark: '#ff8f45', dash: [10, 3, 2, 3], symbol: CROSS },
  adam: { light: '#008661', dark: '#2fc79b', dash: 'solid', symbol: DOWN },
  nadam: { light: '#a94887', dark: '#e79ac8', dash: [12, 4], symbol: PLUS },
  adamw: { light: '#6d4a2f', dark: '#c9a27e', dash: [2, 2, 6, 2], symbol: 'roundRect' },
};
const ALL = Object.values(PENS);

export function penOf(optimizer: string, index: number): Pen {
  const pen = PENS[optimizer] ?? ALL[index % ALL.length];
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
