// How soon a convolutional network trained in a worker of a browser classifies that share of Fashion-MNIST's test images:
// `node bench/web/accuracy.js`, after `npm run build`, with --browser chromium|firefox, --goal 0.9, --epochs 20, --threads 1,2.
import { parseArgs } from 'node:util';
import { loadFashionMnist } from '../../dist/datasets.js';
import { describe, machine } from '../machine.js';
import { launch } from './launch.js';
import { serve } from './server.js';

const { values } = parseArgs({
  options: {
    browser: { type: 'string', default: 'chromium' },
    goal: { type: 'string', default: '0.9' },
    epochs: { type: 'string', default: '20' },
    threads: { type: 'string', default: '1,2' },
  },
});
const { train, test } = await loadFashionMnist();
const data = {
  '/x': train.images.data,
  '/y': train.labels.data,
  '/test-x': test.images.data,
  '/test-y': test.labels.data,
};
const server = await serve({ home: 'bench/web/accuracy.html', data });
const browser = await launch(values.browser);
try {
  console.log(`${describe(machine())}; ${await browser.version()}`);
  for (const threads of values.threads.split(',').map(Number)) {
    const page = await browser.newPage();
    await page.goto(`http://localhost:${server.address().port}/`);
    await page.waitForFunction('window.train !== undefined');
    const options = { goal: Number(values.goal), epochs: Number(values.epochs), threads };
    const rows = await page.evaluate((options) => globalThis.train(options), options);
    await page.close();
    console.log(`\nthreads: ${threads}`);
    console.table(
      rows.map(({ epoch, seconds, accuracy }) => ({ epoch, seconds: seconds.toFixed(1), 'val. accuracy': accuracy })),
    );
  }
} finally {
  await browser.close();
  server.close();
}
