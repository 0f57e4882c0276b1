/** Play, pause, step, stop, reset; how far the race is, how fast, and how long it will take. */
import { DOWNLOAD } from '../data/images.ts';
import type { RaceView } from '../race/race.ts';
import { FIRST } from '../settings.ts';
import type { App, Moment, Part, Phase } from './app.ts';
import { h, setText } from './dom.ts';
import { bytes, count, duration } from './format.ts';
import { onKeys } from './keys.ts';

const SAYS: Readonly<Record<Phase, string>> = {
  wanting: 'Images needed',
  fetching: 'Getting the images…',
  preparing: 'Getting ready…',
  ready: 'Ready: all start from the same weights',
  running: 'Racing',
  pausing: 'Pausing…',
  paused: 'Paused: all are at the same step',
  finished: 'Finished',
  stopped: 'Stopped',
  failed: 'Failed',
  closed: '',
};

/** What the page says of these phases holds for all that it shows. */
const SETTLED: ReadonlySet<Phase> = new Set(['wanting', 'ready', 'paused', 'finished', 'stopped', 'failed']);
/** The race is going on. */
const UNDER_WAY: ReadonlySet<Phase> = new Set(['running', 'pausing', 'paused']);
const OVER: ReadonlySet<Phase> = new Set(['finished', 'stopped', 'failed']);

export interface Transport extends Part {
  /** Withdraws a state that no longer holds; drawn before all other parts, as the state itself is drawn after them. */
  readonly leave: Pick<Part, 'update'>;
}

export function transport(app: App): Transport {
  const button = (id: string, text: string, keys: string, onclick: () => void) =>
    h('button', { type: 'button', id, 'aria-keyshortcuts': keys || undefined, onclick }, text);
  const play = button('play', '▶ Play', 'Space', () => {
    if (app.race?.state === 'running') void app.race.pause();
    else void app.play();
  });
  play.classList.add('primary');
  const step = button('step', 'Step', '.', () => void app.step());
  const stop = button('stop', 'Stop', '', () => app.stop());
  const reset = button('reset', 'Reset', '', () => void app.reset());
  const bar = h('progress', { max: 1, value: 0, 'aria-label': 'Progress' });
  const state = h('strong', { id: 'state', role: 'status' });
  const numbers = h('span', { class: 'numbers', id: 'numbers' });
  const error = h('p', { class: 'notice bad', role: 'alert', hidden: true });
  const undo = h('button', { type: 'button', class: 'small', id: 'undo' }, 'Undo the changes');
  undo.addEventListener('click', () => app.race && app.change(app.race.settings));
  const outdated = h('span', {});
  const hint = h('p', { class: 'hint', id: 'outdated', hidden: true }, outdated, ' ', undo);
  onKeys(play, step, 'input, select, textarea, button, summary, a, [tabindex="0"]');

  let shown: Moment | undefined;
  const leave = ({ phase, race }: Moment) => {
    if (!shown || (phase === shown.phase && race?.live === shown.race?.live)) return;
    if (SETTLED.has(shown.phase)) setText(state, SETTLED.has(phase) ? 'Updating…' : SAYS[phase]);
  };

  function update(moment: Moment): void {
    shown = moment;
    const { phase, race, needsDownload, failure } = moment;
    setText(play, playText(moment));
    play.disabled = phase === 'pausing' || phase === 'fetching';
    step.disabled = !(phase === 'ready' || phase === 'paused' || phase === 'wanting');
    stop.disabled = !UNDER_WAY.has(phase) && phase !== 'fetching';
    reset.disabled = !UNDER_WAY.has(phase) && !OVER.has(phase);
    setText(state, SAYS[phase]);
    const download = phase === 'fetching' ? (moment.download?.received ?? 0) : undefined;
    bar.value = download !== undefined ? download / DOWNLOAD : race ? race.done / race.all : 0;
    setText(
      numbers,
      download !== undefined ? `${bytes(download)} of ${bytes(DOWNLOAD)}` : race ? figures(race) : wanted(moment),
    );
    hint.hidden = !moment.outdated || phase === 'fetching';
    const again = needsDownload ? `${playText(moment)} (${bytes(DOWNLOAD)})` : 'Play again or Reset';
    setText(outdated, `The settings have changed since this race. ${again} uses the new ones.`);
    const wrong = race?.error || failure;
    error.hidden = wrong === '';
    setText(error, wrong);
  }

  const buttons = h('div', { class: 'buttons' }, play, step, stop, reset);
  const where = h('div', { class: 'where' }, h('p', {}, state, ' ', numbers), bar);
  const element = h('section', { class: 'card transport', 'aria-label': 'The race' }, buttons, where, hint, error);
  return { element, update, leave: { update: leave } };
}

function playText({ phase, needsDownload }: Moment): string {
  if (phase === 'running') return '❚❚ Pause';
  if (phase === 'paused') return '▶ Continue';
  if (needsDownload && (phase === 'wanting' || OVER.has(phase))) return '▶ Get images and play';
  return OVER.has(phase) ? '▶ Play again' : '▶ Play';
}

const wanted = ({ phase, needsDownload, settings }: Moment): string =>
  phase === 'wanting' && needsDownload
    ? `The page comes with ${count(FIRST.train)} training images. This race has ${count(settings.limit)} and downloads all of Fashion-MNIST, ${bytes(DOWNLOAD)}.`
    : '';

const figures = ({ step, steps, rate, done, all, state }: RaceView): string =>
  [
    `step ${count(step)} of ${count(steps)}`,
    rate > 0 && `${count(rate)} steps/s in total`,
    state === 'running' && rate > 0 && all > done && `${duration((all - done) / rate)} left`,
  ]
    .filter((part) => part !== false)
    .join(' · ');
