/** examples/draw, as its reader has it: trained in Node, built by Vite, drawn on in a browser. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { imageData } from '../../src/data/index.ts';
import { loadModel } from '../../src/index.ts';
import { launch, openPage } from '../browsers/browser.ts';
import { isSkipped } from '../browsers/install.ts';
import { serve } from '../browsers/server.ts';
import { run } from '../child.ts';
import { built } from '../cli/run.ts';

let folder = '';
beforeAll(async () => {
  built();
  folder = mkdtempSync(path.join(tmpdir(), 'simdescent-draw-'));
  cpSync('examples/draw', folder, { recursive: true });
  mkdirSync(path.join(folder, 'node_modules'));
  symlinkSync(process.cwd(), path.join(folder, 'node_modules/simdescent'), 'dir');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('examples/draw', () => {
  it.skipIf(isSkipped('chromium'))('names what is drawn on its canvas, with the bits of Node', async () => {
    const { stdout } = await run(process.execPath, ['train.js', '5', '1600'], { cwd: folder });
    expect(Number(/^accuracy ([\d.]+)/m.exec(stdout)?.[1])).toBeGreaterThan(0.9);
    const { build } = await import('vite');
    await build({ root: folder, configFile: false, logLevel: 'silent', base: './' });
    expect(existsSync(path.join(folder, 'dist/model.safetensors'))).toBe(true);

    await using server = await serve({ folders: { '/': path.join(folder, 'dist/') } });
    const browser = await launch('chromium');
    try {
      const { page, errors } = await openPage(browser, `${server.origin}/`);
      await page.waitForFunction(() => document.querySelector('output')?.value === 'draw');
      const box = await (await page.$('canvas'))?.boundingBox();
      const [left = 0, top = 0] = [box?.x, box?.y];
      const stroke = async (points: readonly (readonly [number, number])[]) => {
        for (const [i, [x, y]] of points.entries()) {
          await page.mouse.move(left + x, top + y, { steps: i === 0 ? 1 : 6 });
          if (i === 0) await page.mouse.down();
        }
        await page.mouse.up();
      };
      await stroke([[60, 60], [220, 220]]); // biome-ignore format: points
      await stroke([[220, 60], [60, 220]]); // biome-ignore format: points
      const text = await page.$eval('output', (output) => output.value);
      expect(text).toMatch(/^cross, \d+\.\d %$/);

      const pixels = await page.$eval('canvas', (canvas) => {
        const { data, width, height } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? {
          data: [],
          width: 0,
          height: 0,
        };
        return { data: Array.from(data), width, height };
      });
      using model = await loadModel(readFileSync(path.join(folder, 'public/model.safetensors')));
      const drawn = imageData({ ...pixels, data: Uint8Array.from(pixels.data) }, { channels: 1, size: [28, 28] });
      const { data } = model.predictOnBatch(drawn);
      expect(text).toBe(`cross, ${(100 * Math.max(...data)).toFixed(1)} %`);

      await page.click('button');
      expect(await page.$eval('output', (output) => output.value)).toBe('draw');
      expect(errors).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});
