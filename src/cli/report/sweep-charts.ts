/** The charts of a sweep: values against a setting, a heat map, parallel coordinates, importance, cost. */
import type { SettingValue, Trial } from '../../sweep/index.ts';
import { wordsOf } from '../settings.ts';
import { groupsOf } from '../sweep/importance.ts';
import { secondsOf, shownValue } from '../sweep/text.ts';
import { axis, type ChartOptions, draw, FONT, gridBelow, legendOf, logAxis, nothing } from './charts.ts';
import { BAR, INK, MUTED, penOf } from './palette.ts';
import { decimals } from './text.ts';

/** What is compared: a key, and whether more is better. */
export interface Aim {
  readonly key: string;
  readonly mode: 'min' | 'max';
}

/** From worse to better, in light and on dark pages alike. */
const WORSE_TO_BETTER = ['#c9b38c', '#8fae8b', '#3f9a8d', '#1f6f8b'];
/** Lines of parallel coordinates; more hide each other. */
const MOST_LINES = 300;

const finite = (trials: readonly Trial[]): Trial[] => trials.filter(({ value }) => Number.isFinite(value));
const numbersOf = (trials: readonly Trial[], name: string): number[] =>
  trials.flatMap(({ settings }) => (typeof settings[name] === 'number' ? [settings[name]] : []));

/** Positive numbers over more than a decade have a logarithmic axis. */
function isWide(values: readonly number[]): boolean {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return least > 0 && most > 10 * least;
}

const named = (name: string) => ({ name, nameLocation: 'middle', nameGap: 30 });

const shortNumber = (value: number) => String(Number(value.toPrecision(3)));

/** An axis of positive numbers with labels at powers of ten, or of two where there are too few of those. */
const logarithmicAxis = (values: readonly number[]) => {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return { ...axis(), ...logAxis(least, most, most >= 100 * least ? 10 : 2) };
};

/** The axis of a setting, ending where its values do. */
function numberAxis(values: readonly number[], name: string) {
  const own = isWide(values)
    ? logarithmicAxis(values)
    : { ...axis(), type: 'value', scale: true, axisLabel: { ...axis().axisLabel, formatter: shortNumber } };
  return { ...own, ...named(name), nameTextStyle: axis().nameTextStyle, splitLine: { show: false } };
}

/** Losses that differ by more than a factor of four have a logarithmic axis, as in the other report. */
function valueAxis(trials: readonly Trial[], key: string) {
  const values = trials.map(({ value }) => value);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const own =
    key.endsWith('loss') && least > 0 && most > 4 * least
      ? logarithmicAxis(values)
      : { ...axis(), type: 'value', scale: true, axisLabel: { ...axis().axisLabel, formatter: shortNumber } };
  const nameTextStyle = { ...axis().nameTextStyle, align: 'left' };
  return { ...own, name: key, nameLocation: 'end', nameGap: 10, nameTextStyle };
}

/** A point for each trial: the value against a number, by its optimizer. */
export function scatterChart(
  trials: readonly Trial[],
  { key }: Aim,
  name: string,
  numberIn: (trial: Trial) => number | undefined,
  options: ChartOptions,
): string {
  const shown = finite(trials).filter((trial) => numberIn(trial) !== undefined);
  const optimizers = [...new Set(shown.map(({ settings }) => String(settings.optimizer)))];
  const legend = legendOf(
    optimizers.map((optimizer) => ({ optimizer })),
    options,
  );
  const numbers = shown.map((trial) => numberIn(trial) ?? 0);
  return draw(options, {
    legend,
    grid: { ...gridBelow(legend.bottomEdge + 14), right: 28 },
    xAxis: numberAxis(numbers, name),
    yAxis: valueAxis(shown, key),
    ...(shown.length === 0 && nothing('no finite values')),
    series: optimizers.map((optimizer, i) => {
      const pen = penOf(optimizer, i);
      return {
        ...{ type: 'scatter', name: optimizer, color: pen.light, symbol: pen.symbol, symbolSize: 9 },
        itemStyle: { opacity: 0.85 },
        data: shown
          .filter(({ settings }) => String(settings.optimizer) === optimizer)
          .map((trial) => [numberIn(trial), trial.value]),
      };
    }),
  });
}

/** The best value for each pair of groups of two settings. */
export function heatChart(
  trials: readonly Trial[],
  { key, mode }: Aim,
  [across, up]: readonly [string, string],
  options: ChartOptions,
): string {
  const shown = finite(trials);
  const most = Math.min(6, Math.max(2, Math.floor(Math.sqrt(shown.length))));
  const [columns, rows] = [groupsOf(shown, across, most), groupsOf(shown, up, most)];
  const best = mode === 'min' ? Math.min : Math.max;
  const cells = columns.flatMap((column, x) =>
    rows.flatMap((row, y) => {
      const values = shown.filter(({ settings }) => column.has(settings[across]) && row.has(settings[up]));
      return values.length === 0 ? [] : [[x, y, best(...values.map(({ value }) => value))]];
    }),
  );
  const values = cells.map(([, , value = 0]) => value);
  const category = (groups: readonly { readonly label: string }[], name: string) => ({
    ...{ ...axis(), ...named(wordsOf(name)), type: 'category', data: groups.map(({ label }) => label) },
    axisLabel: { ...axis().axisLabel, hideOverlap: false, interval: 0 },
    splitLine: { show: false },
  });
  const steep = columns.some(({ label }) => label.length * 7 * columns.length > options.width - 90);
  const x = category(columns, across);
  return draw(options, {
    grid: { ...gridBelow(34), bottom: 34 },
    xAxis: { ...x, axisLabel: { ...x.axisLabel, rotate: steep ? 30 : 0 }, nameGap: steep ? 62 : 30 },
    yAxis: {
      ...category(rows, up),
      nameLocation: 'end',
      nameGap: 12,
      nameTextStyle: { ...axis().nameTextStyle, align: 'left' },
    },
    visualMap: {
      ...{ show: false, min: Math.min(...values), max: Math.max(...values), dimension: 2 },
      inRange: { color: mode === 'max' ? WORSE_TO_BETTER : [...WORSE_TO_BETTER].reverse() },
    },
    ...(cells.length === 0 && nothing('no finite values')),
    series: [
      {
        ...{ type: 'heatmap', name: key, data: cells },
        label: {
          ...{ show: true, fontFamily: FONT, fontSize: 11, color: '#10151d' },
          // dark text on dark cells
          ...{ textBorderColor: '#ffffff', textBorderWidth: 3 },
          formatter: ({ data }: { data: readonly number[] }) =>
            decimals(data[2] ?? Number.NaN, options.width < 400 ? 2 : 4),
        },
        itemStyle: { borderWidth: 2, borderColor: 'transparent' },
      },
    ],
  });
}

/** A line for each trial through its settings to its value; the best ones last, above the others. */
export function parallelChart(
  trials: readonly Trial[],
  { key, mode }: Aim,
  names: readonly string[],
  options: ChartOptions,
): string {
  const sorted = finite(trials).sort((a, b) => (mode === 'min' ? b.value - a.value : a.value - b.value));
  const shown = sorted.slice(-MOST_LINES);
  const values = shown.map(({ value }) => value);
  const text = (value: SettingValue | undefined) => (value === undefined ? 'none' : shownValue(value));
  const dimensions = names.map((name, dim) => {
    const all = shown.map(({ settings }) => settings[name]);
    const numbers = numbersOf(shown, name);
    const numeric = numbers.length === all.length && new Set(numbers).size > 1;
    const labels = [...new Set(all.map(text))].sort();
    return {
      numeric,
      axis: numeric
        ? {
            dim,
            name: wordsOf(name),
            type: isWide(numbers) ? 'log' : 'value',
            ...(isWide(numbers) ? rangeOf(numbers) : { scale: true }),
          }
        : { dim, name: wordsOf(name), type: 'category', data: labels },
    };
  });
  const label = (value: unknown) => (typeof value === 'number' ? String(Number(value.toPrecision(3))) : String(value));
  const last = names.length;
  return draw(options, {
    parallel: { left: 44, right: 60, top: 34, bottom: 18 },
    parallelAxis: [
      ...dimensions.map((one) => one.axis),
      { dim: last, name: key, type: 'value', scale: true, ...rangeOf(values) },
    ].map((one) => ({
      ...one,
      ...{ nameLocation: 'end', nameGap: 14, nameTextStyle: { color: INK.light, fontFamily: FONT, fontSize: 11 } },
      axisLabel: { color: MUTED.light, fontFamily: FONT, fontSize: 11, formatter: label },
      axisLine: { lineStyle: { color: MUTED.light } },
      axisTick: { lineStyle: { color: MUTED.light } },
    })),
    visualMap: {
      ...{ show: false, min: Math.min(...values), max: Math.max(...values), dimension: last },
      inRange: { color: mode === 'max' ? WORSE_TO_BETTER : [...WORSE_TO_BETTER].reverse() },
    },
    ...(shown.length === 0 && nothing('no finite values')),
    series: [
      {
        type: 'parallel',
        lineStyle: { width: 1.5, opacity: 0.7 },
        data: shown.map((trial) => [
          ...names.map((name, i) => (dimensions[i]?.numeric ? trial.settings[name] : text(trial.settings[name]))),
          trial.value,
        ]),
      },
    ],
  });
}

const rangeOf = (values: readonly number[]) => ({ min: Math.min(...values), max: Math.max(...values) });

/** The share of each setting. */
export function importanceChart(
  shares: readonly { readonly name: string; readonly share: number }[],
  options: ChartOptions,
): string {
  return draw(options, {
    grid: { ...gridBelow(0), right: 56 },
    xAxis: { ...axis(), ...named('share of the variance of ranks'), type: 'value', min: 0, max: 1 },
    yAxis: {
      ...{ ...axis(), type: 'category', inverse: true, data: shares.map(({ name }) => wordsOf(name)) },
      splitLine: { show: false },
    },
    series: [
      {
        ...{ type: 'bar', color: BAR.light, barMaxWidth: 22, data: shares.map(({ share }) => share) },
        label: {
          ...{ show: true, position: 'right', color: INK.light, fontFamily: FONT },
          formatter: ({ value }: { value: number }) => decimals(value, 2),
        },
      },
    ],
  });
}

/** What each trial cost, and what it came to. */
export const costChart = (trials: readonly Trial[], aim: Aim, options: ChartOptions): string =>
  scatterChart(trials, aim, 'seconds of the trial', secondsOf, options);
