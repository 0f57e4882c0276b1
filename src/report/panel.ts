/** A diagram of curves over epochs. */
import { at, fill, type PaintName, stroke, widthOf } from './style.ts';
import { escaped } from './texts.ts';

/** A curve. */
export interface Line {
  readonly values: readonly number[];
  readonly validation: boolean;
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** From a number to pixels. */
interface Scale {
  readonly place: (value: number) => number;
  readonly ticks: readonly number[];
}

/** A loss that falls by more than this is drawn on a logarithmic axis, or its end would be a straight line. */
const WIDE = 10;
/** Epochs that have a dot each. */
const DOTS = 30;

/** Round numbers in a range: multiples of 1, 2 or 5 times a power of ten, about `count` of them. */
function roundIn(least: number, most: number, count: number): number[] {
  const rough = (most - least) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(least / step - 1e-9);
  const last = Math.floor(most / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

function linear(least: number, most: number, from: number, to: number): Scale {
  const room = most === least ? Math.abs(most) * 0.1 || 1 : (most - least) * 0.05;
  const [low, high] = [least >= 0 && least - room < 0 ? 0 : least - room, most + room];
  return { place: (value) => from + ((to - from) * (value - low)) / (high - low), ticks: roundIn(low, high, 5) };
}

function logarithmic(least: number, most: number, from: number, to: number): Scale {
  const [low, high] = [Math.log10(least) - 0.05, Math.log10(most) + 0.05];
  const powers = Array.from({ length: Math.ceil(high) - Math.floor(low) + 1 }, (_, i) => 10 ** (Math.floor(low) + i));
  const factors = high - low > 3 ? [1] : [1, 2, 5];
  const all = powers.flatMap((power) => factors.map((factor) => Number((factor * power).toPrecision(3))));
  return {
    place: (value) => from + ((to - from) * (Math.log10(value) - low)) / (high - low),
    ticks: all.filter((tick) => tick >= 10 ** low && tick <= 10 ** high),
  };
}

const paintOf = (validation: boolean): PaintName => (validation ? 'second' : 'first');

/** Runs of finite points: a gap is where a number is not finite. */
function stretches(points: readonly (readonly [x: number, y: number])[]): (readonly [number, number])[][] {
  const runs: (readonly [number, number])[][] = [[]];
  for (const point of points) {
    if (Number.isFinite(point[1])) runs.at(-1)?.push(point);
    else if (runs.at(-1)?.length) runs.push([]);
  }
  return runs.filter((run) => run.length > 0);
}

const dash = (validation: boolean): string => (validation ? ' stroke-dasharray="5 3"' : '');

/** What a number looks like on an axis. */
const tickText = (value: number): string =>
  value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e5) ? value.toExponential() : String(value);

/** The names of the curves, with what they look like. */
export function legend(left: number, y: number, names: readonly string[]): string[] {
  let x = left;
  return names.map((name, i) => {
    const line = `<path d="M${at(x)} ${y - 4}h28" ${stroke(paintOf(i > 0))} stroke-width="2"${dash(i > 0)}/>`;
    const text = `<text x="${at(x + 34)}" y="${y}" ${fill('ink')}>${escaped(name)}</text>`;
    x += 34 + widthOf(name) + 20;
    return line + text;
  });
}

/** A diagram of the curves of one measure. */
export function panel(name: string, lines: readonly Line[], epochs: readonly number[], box: Box): string[] {
  const finite = lines.flatMap(({ values }) => values.filter(Number.isFinite));
  const heading = `<text x="${at(box.left + 16)}" y="${at(box.top + 16)}" font-weight="600" ${fill('ink')}>${escaped(name)}`;
  if (finite.length === 0)
    return [
      `${heading}</text><text x="${at(box.left + 16)}" y="${at(box.top + 40)}" ${fill('muted')}>no finite values</text>`,
    ];
  const [least, most] = [Math.min(...finite), Math.max(...finite)];
  const wide = name.endsWith('loss') && least > 0 && most > WIDE * least;
  const [top, bottom] = [box.top + 34, box.top + box.height - 46];
  const y = (wide ? logarithmic : linear)(least, most, bottom, top);
  const labels = y.ticks.map(tickText);
  const left = box.left + 24 + Math.max(0, ...labels.map((label) => widthOf(label)));
  const right = box.left + box.width - 20;
  const [first = 1, last = first] = [epochs[0], epochs.at(-1)];
  const across = (epoch: number): number =>
    first === last ? (left + right) / 2 : left + 6 + ((right - left - 12) * (epoch - first)) / (last - first);
  const ticks =
    first === last ? [first] : roundIn(first, last, Math.min(8, (right - left) / 40)).filter(Number.isInteger);
  const rules = y.ticks.map(
    (tick, i) =>
      `<path d="M${at(left)} ${at(y.place(tick))}H${at(right)}" ${stroke('rule')}/><text x="${at(left - 6)}" y="${at(y.place(tick))}" dy="0.35em" text-anchor="end" ${fill('muted')}>${labels[i]}</text>`,
  );
  const numbers = ticks.map(
    (epoch) =>
      `<path d="M${at(across(epoch))} ${at(bottom)}v4" ${stroke('muted')}/><text x="${at(across(epoch))}" y="${at(bottom + 17)}" text-anchor="middle" ${fill('muted')}>${epoch}</text>`,
  );
  const curves = lines.flatMap(({ values, validation }) => {
    const points = values.map((value, i): [number, number] => [across(epochs[i] ?? i + 1), y.place(value)]);
    return stretches(points).map((run) => {
      const path = run.map(([px, py], i) => `${i === 0 ? 'M' : 'L'}${at(px)} ${at(py)}`).join('');
      const dots = epochs.length <= DOTS || run.length === 1 ? run : [];
      return [
        `<path d="${path}" ${stroke(paintOf(validation))} stroke-width="2" stroke-linejoin="round"${dash(validation)}/>`,
        ...dots.map(([px, py]) => `<circle cx="${at(px)}" cy="${at(py)}" r="2.5" ${fill(paintOf(validation))}/>`),
      ].join('');
    });
  });
  return [
    `${heading}${wide ? `<tspan font-weight="400" ${fill('muted')}> logarithmic</tspan>` : ''}</text>`,
    ...rules,
    `<path d="M${at(left)} ${at(bottom)}H${at(right)}" ${stroke('muted')}/>`,
    ...numbers,
    `<text x="${at((left + right) / 2)}" y="${at(bottom + 36)}" text-anchor="middle" ${fill('muted')}>epoch</text>`,
    ...curves,
  ];
}
