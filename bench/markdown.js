// The tables of a run as Markdown: `node bench/markdown.js [FILE]` prints those of a JSON file that run.js or the page has written.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const line = (cells) => `| ${cells.join(' | ')} |`;

export function markdown({ tables }) {
  return tables
    .map(({ title, rows }) => {
      const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))].slice(1);
      return [
        `### ${title}`,
        '',
        line(['', ...columns]),
        line(['---', ...columns.map(() => '--:')]),
        ...rows.map((row) => line([row.case, ...columns.map((column) => row[column] ?? '')])),
        '',
      ].join('\n');
    })
    .join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = process.argv[2] ?? fileURLToPath(new URL('results/bench.json', import.meta.url));
  console.log(markdown(JSON.parse(readFileSync(file, 'utf8'))));
}
