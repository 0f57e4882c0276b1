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

/** The look of an axis of a chart. */
export function axisStyle() {
  const { muted, rule } = ink();
  const font = '12px system-ui, sans-serif';
  const line = { stroke: rule, width: 1 };
  return { stroke: muted, font, labelFont: font, grid: line, ticks: line };
}

/** What axes and grids are drawn with. */
export function ink(): { readonly text: string; readonly muted: string; readonly rule: string } {
  const key = isDark() ? 'dark' : 'light';
  return { text: INK[key], muted: MUTED[key], rule: RULE[key] };
}
