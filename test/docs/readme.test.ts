/** What the README shows can be done: every block of code runs, and every link of the documents leads somewhere. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, openPage } from '../browsers/browser.ts';
import { browserNames, isSkipped } from '../browsers/install.ts';
import { ISOLATED, serve } from '../browsers/server.ts';
import { run } from '../child.ts';
import { built } from '../cli/run.ts';
import { markdownSnippets } from './snippets.ts';

const readme = readFileSync('README.md', 'utf8');
const blocks = [...readme.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)].map(([, language = '', code = '']) => ({
  language,
  code,
}));
const codeOf = (language: string): string[] =>
  blocks.filter((one) => one.language === language).map(({ code }) => code);
/** The command lines of all blocks, without their comments. */
const lines = codeOf('sh').flatMap((code) =>
  code
    .trim()
    .split('\n')
    .map((line) => line.replace(/\s+#.*$/, '')),
);

let folder = '';
beforeAll(() => {
  built();
  folder = mkdtempSync(path.join(os.tmpdir(), 'simdescent-readme-'));
  mkdirSync(path.join(folder, 'node_modules'));
  symlinkSync(process.cwd(), path.join(folder, 'node_modules/simdescent'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the README', () => {
  it('has no code that is not run: by the snippets, or below', () => {
    expect(new Set(blocks.map(({ language }) => language))).toEqual(new Set(['sh', 'js', 'ts', 'html', 'text']));
    const ofReadme = markdownSnippets().filter(({ where }) => where.startsWith('README.md'));
    expect(ofReadme).toHaveLength(codeOf('ts').length + codeOf('js').length);
    expect(ofReadme.filter(({ noRun }) => noRun)).toEqual([]);
  });

  it('begins with lines that print the digest it says', async () => {
    const [code = ''] = codeOf('js');
    const lines = code.trim().split('\n');
    expect(lines.length).toBeLessThan(15);
    writeFileSync(path.join(folder, 'circle.mjs'), code);
    const { stdout } = await run(process.execPath, ['circle.mjs'], { cwd: folder });
    const [digest = ''] = stdout.match(/[0-9a-f]{64}/) ?? [];
    expect(readme).toContain(`\`${digest}\``);
    expect(stdout).toContain('accuracy: 0.99');
  });

  it('names scripts of package.json', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
    const named = lines.flatMap((line) => [...line.matchAll(/npm (?:run )?([\w:-]+)/g)].map(([, name = '']) => name));
    const own = named.filter((name) => !['ci', 'i'].includes(name));
    expect(own.length).toBeGreaterThan(3);
    for (const name of own) expect(scripts).toHaveProperty([name]);
  });

  it('shows command lines that work, one after the other', async () => {
    // bench takes long and has a test of its own
    const commands = lines.filter((line) => line.startsWith('simdescent ') && !line.endsWith('bench'));
    expect(commands.length).toBeGreaterThan(3);
    for (const line of commands) {
      const [, ...args] = line.split(' ');
      // the same on less: the numbers do not matter here
      if (!args.includes('--resume') && ['train', 'compare', 'sweep'].includes(args[0] ?? ''))
        args.push('--limit', '320');
      // but checkpoints of these epochs are gone on from
      if (['train', 'compare', 'sweep'].includes(args[0] ?? '') && !args.includes('run')) args.push('--epochs', '1');
      // any free port of this machine alone
      const port = args.indexOf('0.0.0.0:8080');
      if (port >= 0) args.splice(port, 1, '127.0.0.1:0');
      await run(process.execPath, [path.resolve('dist/cli.js'), ...args], { cwd: folder });
    }
    expect(readdirSync(path.join(folder, 'run')).filter((name) => name.startsWith('checkpoint'))).toHaveLength(10);
  });

  it('shows the headers that isolate a page', () => {
    const [headers = ''] = codeOf('text');
    const shown = Object.fromEntries(
      headers
        .trim()
        .split('\n')
        .map((line) => line.split(': ')),
    );
    expect(shown).toEqual(ISOLATED);
  });

  it.each(browserNames.filter((name) => !isSkipped(name)))('has a page that works in %s', async (name) => {
    const [html = ''] = codeOf('html');
    await using server = await serve({
      folders: { '/node_modules/simdescent/dist/': path.resolve('dist') },
      answer: (where, response) => {
        if (where !== '/') return false;
        response
          .setHeader('Content-Type', 'text/html')
          .end(`<!doctype html><link rel="icon" href="data:,"><body>${html}`);
        return true;
      },
    });
    const browser = await launch(name);
    try {
      const { page, errors } = await openPage(browser, `${server.origin}/`);
      const found = await page.waitForFunction(() => /f\(4\) = ([\d.]+)/.exec(document.body.innerText)?.[1]);
      expect(Number(await found.jsonValue())).toBeCloseTo(8, 0);
      expect(errors).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});

/** The name that GitHub gives a heading in addresses. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');

describe('links', () => {
  const files = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', 'examples/README.md'];
  const documents = [
    ...files,
    ...readdirSync('docs').flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : [])),
  ];
  it.each(documents)('of %s lead somewhere', (file) => {
    const text = readFileSync(file, 'utf8').replaceAll(/^```[\s\S]*?^```$/gm, '');
    const targets = [...text.matchAll(/\]\(([^)\s]+)\)|<img src="([^"]+)"/g)].map(
      ([, link, image]) => link ?? image ?? '',
    );
    const broken = targets.filter((target) => {
      if (/^https?:/.test(target)) return false;
      const [name = '', anchor] = target.split('#');
      const other = name === '' ? file : path.join(path.dirname(file), name);
      if (!existsSync(other)) return true;
      if (anchor === undefined) return false;
      const headings = [...readFileSync(other, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
        anchorOf(heading),
      );
      return !headings.includes(anchor);
    });
    expect(broken).toEqual([]);
  });
});
