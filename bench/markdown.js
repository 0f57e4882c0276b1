// Prints the tables of a run as Markdown: `node bench/markdown.js [FILE]` takes a JSON file of run.js or of the page.
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
