/** The table of engines in README.md, between two comments. `npm run engines` writes it. */
import { readFileSync, writeFileSync } from 'node:fs';

export interface Row {
  readonly engine: string;
  readonly version: string;
  readonly where: string;
  readonly threads: number;
  readonly equal: number;
  readonly runs: number;
}

export function tableOf(rows: readonly Row[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  const counts = [...new Set(rows.map(({ threads }) => threads))];
  const place = ({ engine, version, where }: Row) => [engine, version, where].join(' | ');
  const places = [...new Set(rows.map(place))];
  const equal = (at: string, count: number) => {
    const row = rows.find((one) => place(one) === at && one.threads === count);
    return row ? `${row.equal} of ${row.runs}` : '';
  };
  return [
    line([
      'engine',
      'version',
      'where',
      ...counts.map((count, i) => `${i ? '' : 'runs equal, '}${count} thread${count > 1 ? 's' : ''}`),
    ]),
    line(['---', '---', '---', ...counts.map(() => '---')]).replaceAll(' ', ''),
    ...places.map((at) => line([at, ...counts.map((count) => equal(at, count))])),
  ].join('\n');
}

/** What came of captured runs in a host. */
export interface Replays {
  readonly name: string;
  readonly how: string;
  readonly processor: string;
  /** `36 of 36`, or why there are none. */
  readonly result: string;
}

export const replaysOf = (rows: readonly Replays[]): string =>
  [
    '| host | how | processor | memories equal |',
    '|---|---|---|---|',
    ...rows.map(({ name, how, processor, result }) => `| ${name} | ${how} | ${processor} | ${result} |`),
  ].join('\n');

/** Puts a table where the last one was. */
function write(file: URL, name: string, table: string): void {
  const text = readFileSync(file, 'utf8');
  const [BEGIN, END] = [`<!-- ${name}: made by npm run engines -->`, `<!-- /${name} -->`];
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${file.pathname} has no place between ${BEGIN} and ${END}`);
  writeFileSync(file, `${text.slice(0, begin + BEGIN.length)}\n${table}\n${text.slice(end)}`);
}

export const writeTable = (file: URL, rows: readonly Row[]): void => write(file, 'engines', tableOf(rows));
export const writeReplays = (file: URL, rows: readonly Replays[]): void => write(file, 'replays', replaysOf(rows));
