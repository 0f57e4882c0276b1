/** The documents of the checkout as pages of the site: the same places and the same links, but for the front page and the examples. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { examples, folder, nameOf, outputOf } from './examples.js';

/** How the library is built and what it promises; all other documents are guides. */
const INSIDE_FILES = [
  'docs/determinism.md',
  'docs/benchmarks.md',
  'docs/architecture.md',
  'docs/core.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
];

const read = (file) => readFileSync(folder(file), 'utf8');
/** Documents by their first headings. */
const titled = (files) => files.map((file) => [file, /^# (.+)$/m.exec(read(file))?.[1] ?? file]);

export const INSIDE = titled(INSIDE_FILES);
export const GUIDES = titled(
  readdirSync(folder('docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`)
    .filter((file) => !INSIDE_FILES.includes(file)),
);

/** Where a file of the checkout is on the site. */
const placeOf = (file) => {
  if (file === 'README.md') return 'index.md';
  if (file === 'examples/README.md') return 'examples/index.md';
  const [, example] = /^examples\/(.+\.(?:js|html|py))$/.exec(file) ?? [];
  if (example === undefined) return file;
  // a folder has one page
  const [own] = example.split('/');
  const listed = examples().find((one) => one.file === example || one.file.startsWith(`${own}/`));
  return `examples/${listed?.name ?? nameOf(example)}.md`;
};

/** Markdown of `file` with links to where the site has their targets. */
function relinked(file, text) {
  const from = path.posix.dirname(file);
  const pictured = text.replace(/(<img src=")(?!https?:|\/)/g, '$1/');
  return pictured.replace(/(\]\()(?!https?:|#)([^)#\s]+)(#[^)]*)?\)/g, (_, begin, target, anchor = '') => {
    const place = placeOf(path.posix.join(from, target));
    const link = path.posix.relative(path.posix.dirname(placeOf(file)), place);
    return `${begin}${link.startsWith('.') ? link : `./${link}`}${anchor})`;
  });
}

function write(to, place, text) {
  const file = path.join(to, place);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** Writes all pages but the reference. */
export function writeDocuments(to) {
  const files = ['README.md', 'examples/README.md', ...[...GUIDES, ...INSIDE].map(([file]) => file)];
  for (const file of files) write(to, placeOf(file), relinked(file, read(file)));
  for (const example of examples()) write(to, `examples/${example.name}.md`, pageOf(example));
}

const fence = (language, text) => `\`\`\`\`${language}\n${text.trimEnd()}\n\`\`\`\`\n`;

function pageOf({ file, name, shows, run, source, kind, why, args }) {
  const title = `# ${file}\n\n${shows[0].toUpperCase()}${shows.slice(1)}.\n`;
  const code = `## The code\n\n${fence(kind === 'py' ? 'python' : kind, source)}`;
  const inCheckout = `In a checkout: ${run}.\n`;
  if (kind === 'html') return `${title}\n<RunPage name="${name}" />\n\n${inCheckout}\n${code}`;
  const output = outputOf(name);
  if (why !== undefined || output === undefined) return `${title}\n${why ?? ''}\n\n${inCheckout}\n${code}`;
  const shorter = args.length > 0 ? `Here it runs with the arguments \`${args.join(' ')}\`, which take seconds. ` : '';
  const data = source.includes('loadFashionMnist') ? 'It downloads Fashion-MNIST first, 30.9 MB. ' : '';
  return `${title}
<RunExample name="${name}" />

${shorter}${data}${inCheckout}
## What it prints

In Node, and here to the last digit; \`…\` stands for times.

<div class="expected">

${fence('text', output)}
</div>

${code}`;
}
