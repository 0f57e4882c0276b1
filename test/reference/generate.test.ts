/** Every file of reference numbers says which script and which versions made it; the scripts themselves need Python. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const root = new URL('../../', import.meta.url);
const text = (path: string) => readFileSync(new URL(path, root), 'utf8');
const files = readdirSync(new URL('.', import.meta.url)).filter((name) => name.endsWith('.json'));
/** The versions that the scripts are run with. */
const pinned = Object.fromEntries(
  text('test/reference/generate/requirements.txt')
    .trim()
    .split('\n')
    .map((line) => line.replace('-cpu', '').split('==')),
);

test('there is Keras 3.15 among the versions', () => {
  expect(pinned.keras).toMatch(/^3\.15\./);
});

test.each(files)('%s was made by a script, with the versions that are pinned', (name) => {
  const { script, python, ...versions } = JSON.parse(text(`test/reference/${name}`)).made_by;
  expect(script).toBe(`test/reference/generate/${name.replace('.json', '.py')}`);
  expect(existsSync(new URL(script, root))).toBe(true);
  // what Python alone says depends on no package
  expect(Object.keys(versions).length > 0 || /^3\.\d+/.test(python)).toBe(true);
  expect(pinned).toMatchObject(versions);
});

test('every script makes a file', () => {
  const scripts = readdirSync(new URL('generate', import.meta.url)).filter((name) => name.endsWith('.py'));
  const makers = scripts.filter((name) => !['__main__.py', 'common.py'].includes(name));
  expect(makers.map((name) => name.replace('.py', '.json')).sort()).toEqual(files.sort());
});
