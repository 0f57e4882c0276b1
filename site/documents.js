/** The documents of the checkout as pages of the site: the same places and the same links, but for the front page and the examples. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { examples, folder, outputOf } from './examples.js';

export const GUIDES = [
  ['docs/optimizers.md', 'Choosing an optimizer'],
  ['docs/streaming.md', 'Streaming'],
  ['docs/node-to-page.md', 'From Node to a page'],
  ['docs/converting.md', 'Converting models'],
  ['docs/migrating-from-keras.md', 'From Keras'],
  ['docs/migrating-from-tfjs.md', 'From TensorFlow.js'],
];
export const INSIDE = [
  ['docs/determinism.md', 'Determinism'],
  ['docs/benchmarks.md', 'Benchmarks'],
  ['docs/architecture.md', 'Architecture'],
  ['docs/core.md', 'The core in other hosts'],
  ['CONTRIBUTING.md', 'Contributing'],
  ['SECURITY.md', 'Security'],
  ['CHANGELOG.md', 'Changes'],
];

/** Where a file of the checkout is on the site. */
const placeOf = (file) => {
  if (file === 'README.md') return 'index.md';
  if (file === 'examples/README.md') return 'examples/index.md';
  return file.replace(/^(examples\/[\w-]+)\.(js|html|py)$/, '$1.md');
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
  for (const file of files) write(to, placeOf(file), relinked(file, readFileSync(folder(file), 'utf8')));
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
