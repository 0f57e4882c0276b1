// A worker of a queue, to be killed: node worker.js ADDRESS MODULE PAUSE [NAME]
import { functions, work } from 'simdescent/sweep';

const [url, module, pause, name = 'simdescent'] = process.argv.slice(2);
const { run } = await import(module);
await work({
  ...{ url, name, about: 'chaos', lease: 1, onNote: console.error },
  hands: functions({ run: (task) => run(task, { pause: Number(pause) }) }),
  onJob: ({ trial, epochs }) => console.log(`trial ${trial} ${epochs}`),
});
