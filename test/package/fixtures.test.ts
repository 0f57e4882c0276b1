/** The packed package, installed by small projects in whatever they run and build with: each trains to the same bits. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as simdescent from '../../dist/index.js';
import { engines as allEngines, type Engine } from '../engines/binaries.ts';
import { train } from './project/train.js';
import { makeProject, type Project } from './project.ts';

let project: Project;
let reference: string;
let engines: readonly Engine[];
const file = (name: string): string => join(project.folder, name);
const engine = (name: string): readonly string[] => {
  const command = engines.find((one) => one.name === name)?.command;
  if (command === undefined) throw new Error(`${name} is not installed`);
  return command;
};
/** A package of the project's own. */
const own = (name: string) => import(createRequire(file('main.js')).resolve(name));

beforeAll(async () => {
  engines = allEngines();
  project = makeProject();
  reference = await train(simdescent);
});
afterAll(() => project.remove());

describe('run as it is', () => {
  test('Node, import', async () => {
    expect(await project.run(engine('Node'), 'main.js')).toBe(reference);
  });

  test('Node 24, require', async () => {
    expect(await project.run(engine('Node LTS'), 'required.cjs')).toBe(reference);
  });

  test('Bun, run and compiled to a program', async () => {
    const [bun = ''] = engine('Bun');
    expect(await project.run([bun, 'run'], 'main.js')).toBe(reference);
    await project.run([bun, 'build'], '--compile', 'main.js', '--outfile', 'compiled-by-bun');
    expect(await project.run([file('compiled-by-bun')])).toBe(reference);
  });

  test('Deno', async () => {
    expect(await project.run(engine('Deno'), '--node-modules-dir=manual', 'main.js')).toBe(reference);
  });

  describe('Deno, compiled to a program', () => {
    // `deno compile` downloads the runtime (denort) that it puts in front of a program: no package of npm, PyPI or Debian has it
    const denort = process.env.DENORT_BIN;
    /** Packs a folder with the package and no others, behind whatever program stands in for denort. */
    async function compile(output: string, runtime: string): Promise<string> {
      const [deno = ''] = engine('Deno');
      const [folder, program] = [file(`deno-${output}`), file(`${output}-by-deno`)];
      for (const name of ['main.js', 'train.js', 'package.json', 'node_modules/simdescent'])
        cpSync(file(name), join(folder, name), { recursive: true });
      const flags = ['--node-modules-dir=manual', '--allow-read', '--allow-sys', '--allow-env'];
      const env = [`DENORT_BIN=${runtime}`, `DENO_DIR=${file('deno-cache')}`];
      await project.run(['env', ...env, deno, 'compile'], ...flags, '--output', program, join(folder, 'main.js'));
      return program;
    }

    test('has the package in it', async () => {
      const packed = readFileSync(await compile('packed', '/bin/true'));
      for (const name of ['index.js', 'engine.js', 'core.js'])
        expect(packed.includes(readFileSync(file(`node_modules/simdescent/dist/${name}`))), name).toBe(true);
    });

    test.skipIf(denort === undefined)('runs: skipped without denort, DENORT_BIN says where it is', async () => {
      expect(await project.run([await compile('compiled', denort ?? '')])).toBe(reference);
    });
  });
});

describe('TypeScript', () => {
  const modules = fileURLToPath(new URL('../../node_modules/', import.meta.url));
  let configs = 0;
  /** Compiles `source` of the project, and the declarations of libraries with it, under these options alone. */
  function compile(source: string, options: object, typescript = join(modules, 'typescript')): Promise<string> {
    const config = `tsconfig-${++configs}.json`;
    const compilerOptions = { strict: true, target: 'es2022', typeRoots: [join(modules, '@types')], ...options };
    writeFileSync(file(config), JSON.stringify({ compilerOptions, files: [source] }));
    return project.run([process.execPath, join(typescript, 'bin/tsc')], '--project', config);
  }

  test.each([
    ['bundler', 'esnext'],
    ['nodenext', 'nodenext'],
  ])('with moduleResolution %s, run', async (moduleResolution, module) => {
    const outDir = `typed-${moduleResolution}`;
    expect(await compile('typed.ts', { moduleResolution, module, types: ['node'], outDir })).toBe('');
    expect(await project.run([process.execPath], join(outDir, 'typed.js'))).toBe(reference);
  });

  test.each([
    ['for browsers, without the types of Node', { lib: ['es2022', 'dom'], types: [] }],
    ['for Node, without those of the DOM', { lib: ['es2022'], types: ['node'] }],
    ['for both', { lib: ['es2023', 'dom', 'esnext.disposable'], types: ['node'] }],
    [
      'as strict as can be',
      {
        lib: ['es2023', 'dom'],
        types: ['node'],
        exactOptionalPropertyTypes: true,
        noPropertyAccessFromIndexSignature: true,
        noUncheckedIndexedAccess: true,
      },
    ],
  ])('the declarations of every entry compile in a project %s', async (_, options) => {
    const all = { moduleResolution: 'bundler', module: 'esnext', noEmit: true, ...options };
    expect(await compile('entries.ts', all)).toBe('');
  });

  test('so they do with TypeScript 5.7, the oldest that has arrays with the type of their buffer', async () => {
    const options = { moduleResolution: 'bundler', module: 'esnext', noEmit: true, lib: ['es2022', 'dom'], types: [] };
    expect(await compile('entries.ts', options, file('node_modules/typescript-5.7'))).toBe('');
  });
});

describe('bundled, and run in Node', () => {
  test('esbuild', async () => {
    const { build } = await own('esbuild');
    const outfile = file('esbuild.mjs');
    await build({ entryPoints: [file('main.js')], bundle: true, minify: true, format: 'esm', outfile });
    expect(await project.run([process.execPath], outfile)).toBe(reference);
  });

  test('Rollup', async () => {
    const { rollup } = await own('rollup');
    const { nodeResolve } = await own('@rollup/plugin-node-resolve');
    const warnings: unknown[] = [];
    const input = {
      input: file('main.js'),
      plugins: [nodeResolve()],
      onwarn: (warning: unknown) => warnings.push(warning),
    };
    await using bundle = await rollup(input);
    await bundle.write({ file: file('rollup.mjs'), format: 'esm' });
    expect(await project.run([process.execPath], 'rollup.mjs')).toBe(reference);
    expect(warnings).toEqual([]);
  });

  test('webpack 5', async () => {
    const { default: webpack } = await own('webpack');
    const output = { path: project.folder, filename: 'webpack.mjs', module: true, chunkFormat: 'module' };
    const options = { mode: 'production', target: 'web', entry: file('main.js'), context: project.folder, output };
    const stats = await new Promise<{ compilation: { errors: unknown[] } }>((resolve, reject) => {
      webpack({ ...options, experiments: { outputModule: true } }, (error: Error | null, result: never) =>
        error ? reject(error) : resolve(result),
      );
    });
    expect(stats.compilation.errors).toEqual([]);
    expect(await project.run([process.execPath], 'webpack.mjs')).toBe(reference);
  });

  test('Vite, for the server', async () => {
    const { build } = await import('vite');
    const build_ = { ssr: file('main.js'), outDir: file('vite-ssr'), emptyOutDir: true };
    await build({
      root: project.folder,
      logLevel: 'silent',
      configFile: false,
      build: build_,
      ssr: { noExternal: true },
    });
    writeFileSync(file('vite-ssr/package.json'), '{ "type": "module" }');
    expect(await project.run([process.execPath], 'vite-ssr/main.js')).toBe(reference);
  });
});
