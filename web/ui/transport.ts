/** Play, pause, step, stop, reset; how far the race is, how fast, and how long it will take. */
import type { RaceState } from '../race/race.ts';
import type { App, Part } from './app.ts';
import { h, setText } from './dom.ts';
import { count, duration } from './format.ts';

const SAYS: Readonly<Record<RaceState, string>> = {
  preparing: 'Getting ready…',
  ready: 'Ready: everybody stands at the same weights',
  running: 'Racing',
  pausing: 'Coming to a halt…',
  paused: 'Paused: everybody stands at the same step',
  finished: 'Finished',
  stopped: 'Stopped',
  failed: 'Failed',
  closed: '',
};

export function transport(app: App): Part {
  const button = (id: string, text: string, title: string, onclick: () => void) =>
    h('button', { type: 'button', id, title, onclick }, text);
  const play = button('play', '▶ Play', 'Play or pause (space)', () => {
    if (app.race?.state === 'running') void app.race.pause();
    else void app.play();
  });
  play.classList.add('primary');
  const step = button('step', 'Step', 'One training step for everybody (period)', () => void app.step());
  const stop = button('stop', 'Stop', 'End the race where it is', () => void app.race?.stop());
  const reset = button(
    'reset',
    'Reset',
    'Back to the start, with the settings as they are now',
    () => void app.reset(),
  );
  const bar = h('progress', { max: 1, value: 0, 'aria-label': 'Progress of the race' });
  const state = h('strong', { id: 'state', role: 'status' });
  const numbers = h('span', { class: 'numbers', id: 'numbers' });
  const error = h('p', { class: 'notice bad', role: 'alert', hidden: true });

  document.addEventListener('keydown', (event) => {
    const target = event.target as Element | null;
    if (
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      target?.closest('input, select, textarea, button, summary, a, [tabindex="0"]')
    )
      return;
    if (event.key === ' ') play.click();
    else if (event.key === '.') step.click();
    else return;
    event.preventDefault();
  });

  function update(): void {
    const { race } = app;
    const { images, settings } = app;
    const now = race?.state ?? 'preparing';
    const running = now === 'running';
    setText(play, running ? '❚❚ Pause' : now === 'paused' ? '▶ Go on' : race?.over ? '▶ Play again' : '▶ Play');
    play.disabled = now === 'pausing';
    step.disabled = !(now === 'ready' || now === 'paused');
    stop.disabled = !(running || now === 'paused' || now === 'pausing');
    reset.disabled = now === 'ready' || now === 'preparing';
    setText(state, !race && images.needsDownload(settings.limit) ? 'All images are needed first' : SAYS[now]);
    const { done, all } = race?.progress ?? { done: 0, all: 1 };
    bar.value = done / all;
    setText(numbers, race ? figures(race.step, race.steps, race.rate, all - done, running) : '');
    error.hidden = race?.state !== 'failed';
    setText(error, race?.error ?? '');
  }
  const figures = (at: number, steps: number, rate: number, rest: number, running: boolean): string =>
    [
      `step ${count(at)} of ${count(steps)}`,
      rate > 0 && `${count(rate)} steps/s together`,
      running && rate > 0 && rest > 0 && `${duration(rest / rate)} left`,
    ]
      .filter((part) => part !== false)
      .join(' · ');

  const element = h(
    'section',
    { class: 'card transport', 'aria-label': 'The race' },
    h('div', { class: 'buttons' }, play, step, stop, reset),
    h('div', { class: 'where' }, h('p', {}, state, ' ', numbers), bar),
    error,
  );
  return { element, update };
}
