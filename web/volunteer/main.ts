/** The page that people lend: a button, what is computed now, what has been computed, and what is wrong in words. */
import { networkName, wordsOf } from '../../src/cli/settings.ts';
import { several } from '../../src/validate.ts';
import { byId, h, scrolling, setText } from '../ui/dom.ts';
import { percent } from '../ui/format.ts';
import { themeSwitch } from '../ui/theme.ts';
import type { FromWorker, Logs, Shown, ToWorker } from './messages.ts';

/** Rows of the table: the latest trials. */
const MOST_ROWS = 10;
/** Bytes of the four files, about. */
const IMAGES = 30.9e6;

/** Where the trials are: the link of this page has the token, and the address of the sweep if it is another one. */
function linkFrom(here: Location): string | undefined {
  const words = new URLSearchParams(here.hash.slice(1));
  const token = words.get('token');
  const server = words.get('server') ?? here.origin;
  if (!token || !URL.canParse(server)) return undefined;
  return `${new URL(server).origin}/#token=${encodeURIComponent(token)}`;
}

/** The settings of a trial in words: what matters first. */
function describe({
  settings: { optimizer, model, hidden, activation, batchSize, seed, limit, ...rest },
}: Shown): string {
  const network = networkName({ model: model as 'dense', hidden: hidden as readonly number[] });
  const all = Object.entries({ ...rest, batchSize, activation, seed, limit }).filter(
    ([, value]) => value !== undefined,
  );
  const others = all.map(
    ([name, value]) => `${wordsOf(name)} ${typeof value === 'number' ? Number(value.toPrecision(4)) : String(value)}`,
  );
  return [String(optimizer), network, ...others].join(', ');
}

const accuracyIn = ({ val_accuracy }: Logs): string => (val_accuracy === undefined ? '' : percent(val_accuracy, 2));

const button = h('button', { class: 'primary', id: 'switch' }, 'Start');
const state = h('p', { id: 'state', role: 'status' }, 'Nothing is computed until you press Start.');
const now = h('p', { class: 'now', id: 'now' });
const progress = h('progress', { 'aria-label': 'Epochs of this trial', value: 0, max: 1 });
const sums = h('p', { class: 'sums', id: 'sums' });
const problem = h('p', { class: 'notice bad', role: 'alert', id: 'problem', hidden: true });
const rows = h('tbody');
const done = h(
  'section',
  { class: 'card done', 'aria-labelledby': 'done-title', hidden: true },
  h('h2', { id: 'done-title' }, 'Computed here'),
  scrolling(
    'Trials computed here',
    h(
      'table',
      {},
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          ...['Trial', 'Settings', 'Epochs', 'Accuracy', 'Seconds'].map((text) => h('th', { scope: 'col' }, text)),
        ),
      ),
      rows,
    ),
  ),
);
const about = h(
  'section',
  { class: 'card about', 'aria-labelledby': 'about-title' },
  h('h2', { id: 'about-title' }, 'What happens here'),
  h(
    'ul',
    {},
    ...[
      'The first start downloads the images, 31 MB; the browser keeps them where it can.',
      'One trial is trained at a time, on one thread, beside this page, so nothing freezes.',
      'A trial is a list of numbers and names, like a learning rate. Nothing that is sent here runs as code, and nothing of yours is sent but the results.',
      'The same settings give the same bits everywhere. Some trials are computed a second time elsewhere, so a wrong result is found.',
      'Stop whenever you like: the trial under way goes to somebody else.',
    ].map((text) => h('li', {}, text)),
  ),
);
byId('theme').append(themeSwitch(() => undefined));
byId('lend').append(
  h(
    'section',
    { class: 'card lending', 'aria-label': 'Lending' },
    h('div', { class: 'buttons' }, button, state),
    problem,
    now,
    progress,
    sums,
  ),
  done,
  about,
);

let worker: Worker | undefined;
let lending = false;
let loading = false;
let current: { readonly shown: Shown; readonly since: number; logs: Logs } | undefined;
let [trials, epochs, seconds] = [0, 0, 0];

function complain(text: string): void {
  problem.hidden = text === '';
  setText(problem, text);
}

function show(says: string): void {
  setText(state, says);
  setText(button, lending ? 'Stop' : 'Start');
  setText(now, current === undefined ? '' : `Trial ${current.shown.trial}: ${describe(current.shown)}`);
  progress.hidden = now.hidden = current === undefined;
  setText(
    sums,
    trials > 0 ? `${several(trials, 'trial')}, ${several(epochs, 'epoch')}, ${seconds.toFixed(1)} s of computing` : '',
  );
}

function finish(): void {
  if (current === undefined) return;
  const { shown, since, logs } = current;
  const took = (performance.now() - since) / 1000;
  trials++;
  epochs += shown.epochs;
  seconds += took;
  const cells = [describe(shown), String(shown.epochs), accuracyIn(logs), took.toFixed(1)];
  rows.prepend(h('tr', {}, h('th', { scope: 'row' }, String(shown.trial)), ...cells.map((text) => h('td', {}, text))));
  while (rows.children.length > MOST_ROWS) rows.lastElementChild?.remove();
  done.hidden = false;
  current = undefined;
}

function end(says: string, why = ''): void {
  lending = loading = false;
  current = undefined;
  complain(why);
  show(says);
}

function hear(message: FromWorker): void {
  if ('received' in message)
    show(`Getting the images: ${(message.received / 1e6).toFixed(0)} of ${(IMAGES / 1e6).toFixed(0)} MB`);
  else if ('ready' in message) {
    loading = false;
    show('Waiting for a trial.');
  } else if ('job' in message) {
    current = { shown: message.job, since: performance.now(), logs: {} };
    progress.max = message.job.epochs;
    progress.value = 0;
    complain('');
    show('Computing.');
  } else if ('epoch' in message) {
    if (current === undefined) return;
    current.logs = message.logs;
    progress.value = message.epoch + 1;
    show(`Epoch ${message.epoch + 1} of ${current.shown.epochs} done, accuracy ${accuracyIn(message.logs)}.`);
  } else if ('done' in message) {
    finish();
    show('Waiting for a trial.');
  } else if ('dropped' in message) {
    current = undefined;
    show('Waiting for a trial.');
  } else if ('note' in message) complain(message.note);
  else if ('ended' in message)
    end(message.ended === 'over' ? 'The sweep has ended. Thank you.' : 'Stopped. Nothing is computed.');
  else end('Stopped: this tab gets no trials.', message.failed);
}

function start(link: string): void {
  if (worker === undefined) {
    worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'trials' });
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => hear(data);
    worker.onerror = (event) => {
      worker?.terminate();
      worker = undefined;
      end('Stopped.', `The worker that trains has failed: ${event.message || 'it could not be started'}`);
    };
  }
  lending = loading = true;
  complain('');
  show('Joining the sweep.');
  send({ start: { link, data: new URL('../fashion-mnist/', document.baseURI).href } });
}

const send = (message: ToWorker): void => worker?.postMessage(message);

button.addEventListener('click', () => {
  const link = linkFrom(location);
  if (loading) {
    worker?.terminate();
    worker = undefined;
    end('Stopped. Nothing is computed.');
  } else if (lending) {
    show('Stopping.');
    send({ stop: true });
  } else if (link === undefined)
    end(
      'Nothing is computed.',
      'This page needs its whole link, with #token= at its end: ask for it whoever runs the sweep.',
    );
  else start(link);
});
show('Nothing is computed until you press Start.');
