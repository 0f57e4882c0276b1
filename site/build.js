/**
 * `npm run site`: documents, API reference, both pages and the examples as one static site, in site/dist, for any host and under any path.
 * `npm run site -- --out FOLDER` for another folder; `--race FOLDER` takes the two pages as `npm run build:web` has built them.
 */
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { mendAnchors } from './anchors.js';
import { anywhere, BASE } from './anywhere.js';
import { writeDocuments } from './documents.js';
import { examples, folder, moduleOf } from './examples.js';

const { values } = parseArgs({
  options: { out: { type: 'string', default: folder('site/dist') }, race: { type: 'string' } },
});
const out = path.resolve(values.out);
const pages = folder('site/pages');
const run = (file, ...args) =>
  execFileSync(process.execPath, [file, ...args], {
    cwd: folder('.'),
    stdio: 'inherit',
    env: { ...process.env, NODE_ENV: 'production', SITE_BASE: BASE, SITE_OUT: out },
  });

/** Installs the generator, unless that has been done since its lock file was written. */
function install() {
  const [done, lock] = ['site/node_modules/.package-lock.json', 'site/package-lock.json'].map(folder);
  if (existsSync(done) && statSync(done).mtimeMs >= statSync(lock).mtimeMs) return;
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--prefix', folder('site')], { stdio: 'inherit' });
}

install();
rmSync(pages, { recursive: true, force: true });
mkdirSync(`${pages}/public/run/examples`, { recursive: true });
writeDocuments(pages);

// what is not a page: pictures of the documents, the package and the examples for the Run buttons, both pages
mkdirSync(`${pages}/public/docs`);
for (const picture of readdirSync(folder('docs')).filter((name) => name.endsWith('.svg')))
  copyFileSync(folder(`docs/${picture}`), `${pages}/public/docs/${picture}`);
copyFileSync(folder('web/public/icon.svg'), `${pages}/public/icon.svg`);
copyFileSync(folder('LICENSE'), `${pages}/public/LICENSE`);
for (const file of ['worker.js', 'datasets.js'])
  copyFileSync(folder(`site/run/${file}`), `${pages}/public/run/${file}`);
cpSync(folder('dist'), `${pages}/public/run/package`, {
  recursive: true,
  filter: (file) => !/\.d\.ts$|[\\/](slim|volunteer|cli\.js)|relaxed\.wasm$|-[\w-]{8}\.js$/.test(file),
});
for (const example of examples()) {
  if (example.kind === 'js' && example.why === undefined) {
    writeFileSync(`${pages}/public/run/examples/${example.name}.js`, moduleOf(example));
    for (const file of example.data) copyFileSync(folder(`examples/${file}`), `${pages}/public/run/examples/${file}`);
  }
  if (example.kind === 'html')
    writeFileSync(`${pages}/public/run/${example.file}`, example.source.replaceAll('../dist/', './package/'));
}

// both pages, which lead to the documents from here
const race = `${pages}/public/race`;
if (values.race === undefined)
  run(folder('node_modules/vite/bin/vite.js'), 'build', 'web', '--outDir', race, '--emptyOutDir');
else cpSync(values.race, race, { recursive: true });
for (const page of ['index.html', 'descent.html']) {
  const text = readFileSync(`${race}/${page}`, 'utf8');
  if (!text.includes('<!--documents-->')) throw new Error(`${page} has no place for links to the documents`);
  const links =
    ' <a href="../">The documents</a> say how to train in a page of yours, <a href="../examples/">the examples</a> run in this browser.';
  writeFileSync(`${race}/${page}`, text.replace('<!--documents-->', links));
}
run(folder('node_modules/vite/bin/vite.js'), 'build', 'web/volunteer', '--outDir', `${race}/volunteer`);

const require = createRequire(import.meta.url);
run(folder('node_modules/typedoc/bin/typedoc'), '--options', folder('site/typedoc.json'), '--out', `${pages}/api`);
mendAnchors(`${pages}/api`);
const vitepress = path.join(path.dirname(require.resolve('vitepress/package.json')), 'bin/vitepress.js');
run(vitepress, 'build', folder('site'));
anywhere(out);
