/** The charts as SVG text, drawn by ECharts without a browser. */

import { BarChart, HeatmapChart, LineChart, ParallelChart, ScatterChart } from 'echarts/charts';
import {
  GraphicComponent,
  GridComponent,
  LegendComponent,
  ParallelComponent,
  TitleComponent,
  VisualMapComponent,
} from 'echarts/components';
import * as echarts from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { escapeText } from '../../markup.ts';
import { BAR, BAR_REST, darkRules, INK, MUTED, PAGE, penOf, RULE } from './palette.ts';
import type { RunRecord } from './record.ts';
import { decimals } from './text.ts';

echarts.use([
  ...[BarChart, HeatmapChart, LineChart, ParallelChart, ScatterChart, SVGRenderer],
  ...[GraphicComponent, GridComponent, LegendComponent, ParallelComponent, TitleComponent, VisualMapComponent],
]);

export interface ChartSize {
  readonly width: number;
  readonly height: number;
}

export interface ChartOptions extends ChartSize {
  /** Unique in the page: names what the chart refers to inside itself. */
  readonly id: string;
  readonly title: string;
  /** Whether it stands alone, with its title and its own dark colours, or in a page that has both. */
  readonly alone?: boolean;
}

export const FONT = 'system-ui, sans-serif'; // no quoted names: ECharts would put them into an attribute as they are
/** Losses that differ more are drawn on a logarithmic axis: else the first epochs, or one diverging run, would press all others into a line. */
const WIDE = 4;
/** A logarithmic axis of a smaller range has its lines at powers of 2, not of 10. */
const DECADES = 30;

/** One line per run: the values of `key` over the epochs. Values that are not finite leave a gap. */
export function lineChart(runs: readonly RunRecord[], key: string, epochs: number, options: ChartOptions): string {
  const lines = runs.map((run) =>
    run.epoch.map((epoch, i): [number, number | null] => {
      const value = run.history[key]?.[i];
      return [epoch + 1, value !== undefined && Number.isFinite(value) ? value : null];
    }),
  );
  const values = lines.flat().flatMap(([, value]) => (value === null ? [] : [value]));
  const least = Math.min(...values);
  const most = Math.max(...values);
  const logarithmic = key.endsWith('loss') && least > 0 && most > WIDE * least;
  const logBase = most > DECADES * least ? 10 : 2;
  const legend = legendOf(runs, options);
  return draw(options, {
    legend,
    grid: gridBelow(legend.bottomEdge + (logarithmic ? 14 : 0)),
    xAxis: {
      ...axis(),
      type: 'value',
      ...epochTicks(epochs, options.width),
      splitLine: { show: false },
      name: 'epoch',
      nameLocation: 'middle',
      nameGap: 28,
      axisLabel: {
        ...axis().axisLabel,
        formatter: (epoch: number) => (epoch >= 1 && epoch <= epochs && Number.isInteger(epoch) ? String(epoch) : ''),
      },
    },
    yAxis: {
      ...axis(),
      ...(logarithmic ? logAxis(least, most, logBase) : { type: 'value', scale: true }),
      splitNumber: 5,
    },
    ...(values.length === 0 && nothing('no finite values')),
    series: runs.map((run, i) => {
      const pen = penOf(run.optimizer, i);
      return {
        type: 'line',
        name: run.optimizer,
        data: lines[i],
        color: pen.light,
        symbol: pen.symbol,
        symbolSize: 7,
        showAllSymbol: true,
        lineStyle: { width: 2, type: pen.dash },
      };
    }),
  });
}

/** Bars: seconds of a mean epoch, the training steps and everything else apart. */
export function timeChart(runs: readonly RunRecord[], options: ChartOptions): string {
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const steps = runs.map((run) => mean(run.trainSeconds));
  const rest = runs.map((run, i) => Math.max(0, mean(run.seconds) - (steps[i] ?? 0)));
  const bar = (name: string, data: number[], color: string) => ({
    type: 'bar',
    name,
    data,
    color,
    stack: 'epoch',
    barMaxWidth: 22,
  });
  return draw(options, {
    legend: {
      ...legendStyle(),
      top: options.alone ? 40 : 4,
      left: 8,
      data: ['training steps', 'validation and the rest'],
    },
    grid: { ...gridBelow(options.alone ? 68 : 32), right: 48 },
    xAxis: { ...axis(), type: 'value', name: 'seconds per epoch (mean)', nameLocation: 'middle', nameGap: 28 },
    yAxis: {
      ...axis(),
      type: 'category',
      inverse: true,
      data: runs.map((run) => run.optimizer),
      splitLine: { show: false },
    },
    series: [
      bar('training steps', steps, BAR.light),
      {
        ...bar('validation and the rest', rest, BAR_REST.light),
        label: {
          show: true,
          position: 'right',
          color: INK.light,
          fontFamily: FONT,
          formatter: ({ dataIndex }: { dataIndex: number }) =>
            decimals((steps[dataIndex] ?? 0) + (rest[dataIndex] ?? 0), 2),
        },
      },
    ],
  });
}

export const axis = () => ({
  nameTextStyle: { color: MUTED.light, fontFamily: FONT, fontSize: 12 },
  axisLabel: { color: MUTED.light, fontFamily: FONT, fontSize: 12, hideOverlap: true },
  axisLine: { show: true, lineStyle: { color: MUTED.light } },
  axisTick: { lineStyle: { color: MUTED.light } },
  splitLine: { lineStyle: { color: RULE.light } },
});

/** It ends where the data do, and has numbers at the powers of its base. */
export function logAxis(least: number, most: number, logBase: number) {
  const formatter = (value: number) => {
    const power = Math.log(value) / Math.log(logBase);
    return Math.abs(power - Math.round(power)) < 1e-6 ? String(Number(value.toPrecision(6))) : '';
  };
  return {
    ...{ type: 'log', logBase, min: least / 1.1, max: most * 1.1 },
    axisLabel: { ...axis().axisLabel, formatter },
    ...{ name: 'logarithmic', nameLocation: 'end', nameGap: 8 },
    nameTextStyle: { ...axis().nameTextStyle, align: 'left' },
  };
}

/** Every epoch has its number as long as they fit; a single one stands in the middle. */
function epochTicks(epochs: number, width: number) {
  if (epochs === 1) return { min: 0, max: 2, interval: 1 };
  if (epochs <= 20) return { min: 1, max: epochs, interval: epochs > 10 && width < 400 ? 2 : 1 };
  return { min: 0, max: epochs, minInterval: 1 };
}

export const gridBelow = (top: number) => ({
  left: 8,
  right: 24,
  top: top + 12,
  bottom: 26,
  outerBoundsMode: 'same',
  outerBoundsContain: 'axisLabel',
});

const legendStyle = () => ({
  itemWidth: 30,
  itemHeight: 9,
  itemGap: 16,
  textStyle: { color: INK.light, fontFamily: FONT, fontSize: 12 },
});

/** ECharts wraps a legend but does not move the chart below it, so its rows are counted here. */
export function legendOf(runs: readonly Pick<RunRecord, 'optimizer'>[], { width, alone }: ChartOptions) {
  const top = alone ? 40 : 4;
  let rows = 1;
  let used = 0;
  for (const { optimizer } of runs) {
    const item = 30 + 5 + 7.5 * optimizer.length + 16;
    if (used > 0 && used + item > width - 16) {
      rows++;
      used = 0;
    }
    used += item;
  }
  return { ...legendStyle(), top, left: 8, right: 8, bottomEdge: top + 24 * rows };
}

export const nothing = (text: string) => ({
  graphic: { type: 'text', left: 'center', top: 'middle', style: { text, fill: MUTED.light, font: `14px ${FONT}` } },
});

export function draw(options: ChartOptions, option: Record<string, unknown>): string {
  const { id, title, width, height, alone = false } = options;
  const heading = { text: title, left: 8, top: 8, textStyle: { color: INK.light, fontFamily: FONT, fontSize: 16 } };
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption({ animation: false, backgroundColor: PAGE.light, ...(alone && { title: heading }), ...option });
    return cleaned(chart.renderToSVGString(), id, title, alone);
  } finally {
    chart.dispose();
  }
}

/** Without what only a live chart needs, with names that are unique in a page and a title that is read out. */
function cleaned(svg: string, id: string, title: string, alone: boolean): string {
  const plain = svg
    .replace(/<style[\s\S]*?<\/style>/g, '')
    .replace(/ (?:class|pointer-events|ecmeta_\w+|xmlns:xlink|baseProfile|version)="[^"]*"/g, '')
    .replace(/zr\d+-c/g, `${id}-c`)
    .replace(/\n+/g, '\n');
  const style = alone ? `<style>${darkRules()}</style>` : '';
  return plain.replace(/^<svg([^>]*)>/, `<svg$1 role="img" aria-label="${escapeText(title)}">${style}`).trim();
}
