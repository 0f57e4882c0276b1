/** The loss landscape, once there are weights at the end of a race to look around from. What computes and draws it is loaded when it is asked for. */
import type { LandscapeView } from '../landscape/view.ts';
import type { Race } from '../race/race.ts';
import type { App, Moment, Part } from './app.ts';
import { h, setText } from './dom.ts';

export function landscapePart(app: App): Part & { recolour(): void } {
  const open = h('button', { type: 'button', id: 'open-landscape' }, 'Show the landscape');
  const says = h('p', { class: 'hint', role: 'status' });
  const place = h('div', {}, h('p', { class: 'row' }, open), says);
  const element = h(
    'section',
    { class: 'card landscape', hidden: true },
    h('h2', {}, 'The loss landscape'),
    h(
      'p',
      {},
      'A plane through the space of all weights: at each of its points a network has the weights of that point, and its loss is the height. The paths of the racers are seen on it.',
    ),
    place,
  );
  let shown: Race | undefined;
  let view: LandscapeView | undefined;

  open.addEventListener('click', async () => {
    open.disabled = true;
    setText(says, 'Loading…');
    try {
      const { LandscapeView } = await import('../landscape/view.ts');
      view ??= new LandscapeView();
      setText(says, '');
      if (shown && shown === app.race) {
        place.replaceChildren(view.element);
        view.show(shown);
      }
    } catch (error) {
      setText(says, `The landscape could not be loaded. ${error instanceof Error ? error.message : String(error)}`);
    }
    open.disabled = false;
  });

  function update({ race }: Moment): void {
    const ended = race && (race.state === 'finished' || race.state === 'stopped') ? race.live : undefined;
    if (ended === shown) return;
    shown = ended;
    view?.leave();
    place.replaceChildren(h('p', { class: 'row' }, open), says);
    element.hidden = !ended;
  }
  return { element, update, recolour: () => view?.draw() };
}
