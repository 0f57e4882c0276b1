// The comparison as Markdown: ratios first, then times and rates.
import { describe } from '../machine.js';

const digits = (value) => value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3);
const line = (cells) => `| ${cells.join(' | ')} |`;

export function table({ machine, method, peers, losses, tasks }) {
  const names = peers.map(({ name }) => name);
  const others = names.filter((name) => name !== 'simdescent');
  const head = (first, columns) => {
    const titles = peers.filter(({ name }) => columns.includes(name)).map(({ name, version }) => `${name} ${version}`);
    return [line([first, ...titles]), line(['---', ...titles.map(() => '--:')])];
  };
  const of = ({ rows }, name, show) => {
    const found = rows.find(({ peer }) => peer === name);
    return found === undefined ? '' : show(found);
  };
  const ratio = ({ ratio: { median, spread }, minRatio }) =>
    `**${digits(median)}** ±${(spread / 2).toFixed(0)} % (${digits(minRatio)})`;
  const time =
    (flop) =>
    ({ min, median }) =>
      `${digits(min)} / ${digits(median)}${flop === undefined ? '' : `, ${(flop / min / 1e6).toFixed(1)} GFLOP/s`}`;

  return [
    `${describe(machine)}; ${method}.`,
    '',
    'How many times our time each peer takes: median of the rounds ± half the quartile range (and the ratio of the best times). Below 1 the peer is faster.',
    '',
    ...head('', others),
    ...tasks.map((task) => line([task.name, ...others.map((name) => of(task, name, ratio))])),
    '',
    'Times in ms, best / median.',
    '',
    ...head('', names),
    ...tasks.map((task) => line([task.name, ...names.map((name) => of(task, name, time(task.flop)))])),
    ...Object.entries(losses).map(([optimizer, found]) =>
      line([`loss after 20 steps of ${optimizer}`, ...names.map((name) => found[name]?.toFixed(6) ?? '')]),
    ),
    '',
  ].join('\n');
}
