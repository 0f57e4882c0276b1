// The descent page with ten optimizers at full speed, in Chromium and Firefox: frames a second, the longest one, and how long the first picture takes:
// `npm run bench:frames`, with --seconds N (5), --optimizers N (10). The browsers draw by software, without a graphics card.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import sirv from 'sirv';
import { describe, machine } from '../machine.js';
import { launch } from './launch.js';

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '5' }, optimizers: { type: 'string', default: '10' } },
});
const [seconds, optimizers] = [Number(values.seconds), Number(values.optimizers)];
const files = sirv(fileURLToPath(new URL('../../web/dist', import.meta.url)));
const server = createServer((request, response) => files(request, response)).listen(0, '127.0.0.1');
await once(server, 'listening');

/** Milliseconds from opening to the first picture, and between frames from then on. */
async function measure(name) {
  const browser = await launch(name);
  try {
    const page = await browser.newPage();
    await page.setViewport({ width: 1280, height: 900 });
    const address = `http://localhost:${server.address().port}/descent.html`;
    const first = [];
    for (let round = 0; round < 5; round++) {
      await page.goto(`${address}?round=${round}`);
      await page.waitForSelector('#picture');
      first.push(
        await page.evaluate(async () => {
          const canvas = document.querySelector('#picture');
          while (!canvas.getContext('2d').getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data[3])
            await new Promise(requestAnimationFrame);
          return performance.now();
        }),
      );
    }
    const boxes = await page.$$eval('.racer input[type=checkbox][id^=race-]', (all) =>
      all.map(({ id, checked }) => ({ id, checked })),
    );
    let racing = boxes.filter(({ checked }) => checked).length;
    for (const { id, checked } of boxes) {
      if (checked || racing >= optimizers) continue;
      await page.$eval(`#${id}`, (box) => box.click());
      racing++;
    }
    await page.select('#speed', 'as fast as seen');
    await page.select('#surface', 'rosenbrock');
    const gaps = await page.evaluate(async (length) => {
      const found = [];
      let before = await new Promise(requestAnimationFrame);
      const end = before + length;
      while (before < end) {
        const now = await new Promise(requestAnimationFrame);
        found.push(now - before);
        before = now;
        // it rests after some steps
        if (document.querySelector('#state').textContent.startsWith('Paused')) document.querySelector('#play').click();
      }
      return found;
    }, 1000 * seconds);
    return { version: await browser.version(), racing, first, gaps };
  } finally {
    await browser.close();
  }
}

console.log(describe(machine()));
for (const name of ['chromium', 'firefox']) {
  const { version, racing, first, gaps } = await measure(name);
  const sorted = gaps.toSorted((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))].toFixed(1);
  const rate = (gaps.length / gaps.reduce((a, b) => a + b, 0)) * 1000;
  console.log(
    `${version}: first picture after ${Math.min(...first).toFixed(0)} to ${Math.max(...first).toFixed(0)} ms; ${racing} optimizers: ` +
      `${rate.toFixed(1)} frames a second; a frame takes ${at(0.5)} ms, in 99 of 100 cases ${at(0.99)} ms, at most ${at(1)} ms`,
  );
}
server.close();
