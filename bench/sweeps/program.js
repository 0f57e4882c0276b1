// A sweep on a queue, or a worker of it: node program.js sweep|work '{ "url", "trials", "capacity", "slots", "sleep", "name" }'. It runs in a folder beside
// BullMQ, prints one JSON object at its end, and does nothing in its trials but sleep.
import { setTimeout } from 'node:timers/promises';
import { functions, queue, sweep, work } from 'simdescent/sweep';

const [role, text] = process.argv.slice(2);
const { url, name, trials, capacity, slots, sleep } = JSON.parse(text);

if (role === 'work') {
  const run = async ({ settings }) => {
    if (sleep > 0) await setTimeout(sleep);
    return settings.x;
  };
  const end = new AbortController();
  process.on('SIGTERM', () => end.abort());
  await work({ url, name, hands: functions({ run, key: 'loss', workers: slots }), signal: end.signal });
} else {
  const hands = await queue({ url, name, capacity });
  let begun = 0;
  let used = process.cpuUsage();
  const { digest } = await sweep({
    ...{ space: { x: { uniform: [0, 1] } }, objective: 'loss', search: 'random', trials, hands },
    // from the first result on: workers are there then
    onTrial() {
      if (begun > 0) return;
      begun = performance.now();
      used = process.cpuUsage();
    },
  });
  const seconds = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage(used);
  const megabytes = process.resourceUsage().maxRSS / 1024;
  console.log(JSON.stringify({ digest, seconds, processor: (user + system) / 1e6, megabytes }));
}
