/** The line of each optimizer: that of the command line's report, so that pictures of both agree. */
import { INK, MUTED, penOf, RULE } from '../../src/cli/report/palette.ts';
import { NAMES, type RacerName } from '../optimizers.ts';
import { isDark } from './theme.ts';

export interface Line {
  readonly color: string;
  /** Lengths of dashes and gaps in CSS pixels; empty for a solid line. */
  readonly dash: readonly number[];
}

export function lineOf(name: RacerName): Line {
  const pen = penOf(name, NAMES.indexOf(name));
  return { color: isDark() ? pen.dark : pen.light, dash: pen.dash === 'solid' ? [] : pen.dash };
}

/** How many times as large as usual the reader has text, at most twice: what is drawn has no room for more. */
export const textScale = (): number =>
  Math.min(2, Math.max(1, Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16));

/** The height of a chart in CSS pixels, usually so many: larger text takes room from the lines. */
export const tall = (usual: number): number => Math.round((usual * (1 + textScale())) / 2);

/** What is written on canvases, in CSS pixels. */
export const font = (scale = textScale()): string => `${12 * scale}px system-ui, sans-serif`;

/** The look of an axis of a chart: along the bottom with a title, else so wide. */
export function axisStyle(side: { readonly label: string } | { readonly width: number }) {
  const { muted, rule } = ink();
  const line = { stroke: rule, width: 1 };
  const scale = textScale();
  const shared = { stroke: muted, font: font(), labelFont: font(), grid: line, ticks: line };
  return 'width' in side
    ? { ...shared, size: scale * side.width, space: 30 * scale }
    : { ...shared, label: side.label, labelSize: 20 * scale, size: 34 * scale, space: 50 * scale };
}

/** What axes and grids are drawn with. */
export function ink(): { readonly text: string; readonly muted: string; readonly rule: string } {
  const key = isDark() ? 'dark' : 'light';
  return { text: INK[key], muted: MUTED[key], rule: RULE[key] };
}
