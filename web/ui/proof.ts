/** The proof: digests of where everybody started and ended, beside those that Node computed, and the command lines that repeat the race. */
import { OPTIMIZERS } from '../optimizers.ts';
import type { RacerView } from '../race/race.ts';
import { commandLines, trainLine } from '../settings.ts';
import type { App, Part } from './app.ts';
import { h, setText } from './dom.ts';

/** How a racer's weights compare with Node's. */
function verdict(
  app: App,
  racer: RacerView,
): { readonly kind: 'equal' | 'differs' | 'open' | 'none'; readonly text: string } {
  const { race, facts } = app;
  if (!race || racer.digest === '')
    return { kind: 'open', text: racer.status === 'running' || racer.status === 'validating' ? 'racing' : 'waiting' };
  if (racer.status !== 'finished') return { kind: 'none', text: `stopped at step ${racer.step}` };
  const expected = facts.digests[trainLine(race.settings, racer.entrant)];
  if (expected === undefined) return { kind: 'none', text: 'finished' };
  return expected === racer.digest ? { kind: 'equal', text: '= Node' } : { kind: 'differs', text: '≠ Node' };
}

export function badge(app: App, racer: RacerView): HTMLElement {
  const { kind, text } = verdict(app, racer);
  const digest = racer.digest === '' ? undefined : h('code', { title: racer.digest }, racer.digest.slice(0, 12));
  return h('span', { class: 'verdict' }, digest, h('span', { class: `badge ${kind}` }, text));
}

export function proof(app: App): Part {
  const start = h('code', { id: 'initial' });
  const order = h('code', { id: 'order' });
  const startSays = h('span', { class: 'badge' });
  const finals = h('dl', { class: 'digests', id: 'finals' });
  const explained = h('p', { class: 'hint', id: 'verdict', role: 'status' });
  const commands = h('pre', { id: 'commands', tabindex: 0, 'aria-label': 'Command lines' });
  const copied = h('span', { class: 'hint', role: 'status' });
  const copy = h('button', { type: 'button', class: 'small', id: 'copy' }, 'Copy');
  copy.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(commands.textContent ?? '');
      setText(copied, 'Copied.');
    } catch {
      getSelection()?.selectAllChildren(commands);
      setText(copied, 'Selected: copy it with the keyboard.');
    }
  });

  const input = h('input', {
    id: 'digest',
    type: 'text',
    autocomplete: 'off',
    spellcheck: 'false',
    placeholder: 'a digest, or a line of --json',
    'aria-describedby': 'digest-says',
  });
  const says = h('p', { id: 'digest-says', role: 'status' });
  const check = () => {
    const { kind, says: text } = verify(app, input.value);
    says.className = kind;
    setText(says, text);
  };
  input.addEventListener('input', check);

  const element = h(
    'section',
    { class: 'card proof' },
    h('h2', {}, 'Proof'),
    h('p', {}, 'A digest is the SHA-256 of all weights. Equal digests mean that every bit of every weight is equal.'),
    h(
      'dl',
      { class: 'digests' },
      h('dt', {}, 'Initial weights ', startSays),
      h('dd', {}, start),
      h('dt', {}, 'Order of the images, all epochs'),
      h('dd', {}, order),
    ),
    h('h3', {}, 'Final weights'),
    finals,
    explained,
    h('h3', {}, 'The same on the command line'),
    commands,
    h('p', { class: 'row' }, copy, copied),
    h(
      'p',
      { class: 'hint' },
      'In a checkout of SIMDescent write node dist/cli.js for simdescent. The command line validates on all 10,000 test images, races of up to 2,000 training images on the first 500; that does not touch the weights.',
    ),
    h('h3', {}, h('label', { for: 'digest' }, 'Verify a digest')),
    input,
    says,
  );

  let shown = '';
  function update(): void {
    const { race } = app;
    if (!race) return;
    const initials = race.racers.map(({ initial }) => initial);
    const known = initials.every((one) => one !== '');
    const same = known && initials.every((one) => one === initials[0]);
    setText(start, known ? (initials[0] ?? '') : '…');
    setText(startSays, known ? (same ? `the same for all ${initials.length}` : 'they differ') : '');
    startSays.className = `badge ${known ? (same ? 'equal' : 'differs') : ''}`;
    setText(order, race.order || '…');
    setText(commands, commandLines(race.settings).join('\n'));
    const key = race.racers.map(({ entrant, digest, status }) => entrant.name + digest + status).join() + race.state;
    if (key === shown) return;
    shown = key;
    finals.replaceChildren(
      ...race.racers.flatMap((racer) => {
        const { kind, text } = verdict(app, racer);
        const title = h(
          'dt',
          {},
          `${OPTIMIZERS[racer.entrant.name].title} `,
          h('span', { class: `badge ${kind}` }, text),
        );
        return [title, h('dd', {}, h('code', { 'data-racer': racer.entrant.name }, racer.digest || '…'))];
      }),
    );
    setText(explained, explain(app));
    check();
  }
  return { element, update };
}

function explain(app: App): string {
  const { race, facts } = app;
  if (race?.state !== 'finished') return '';
  const kinds = race.racers.map((racer) => verdict(app, racer).kind);
  if (kinds.every((kind) => kind === 'equal'))
    return `All digests equal those that Node ${facts.node} computed for these settings.`;
  if (kinds.includes('differs'))
    return 'Some digests differ from those that Node computed: please report this, with your browser and processor.';
  return 'Nobody computed these settings beforehand: run the command below, and paste its digest.';
}

/** Looks for a pasted digest, or the first twelve digits of one, among the final weights. */
function verify({ race }: App, text: string): { readonly kind: '' | 'good' | 'bad'; readonly says: string } {
  const pasted = text.toLowerCase().match(/\b[0-9a-f]{12,64}\b/g) ?? [];
  if (text.trim() === '') return { kind: '', says: '' };
  if (pasted.length === 0) return { kind: '', says: 'A digest has 64 hex digits; the first twelve will do.' };
  const racers = (race?.racers ?? []).filter(({ digest }) => digest !== '');
  if (racers.length === 0) return { kind: '', says: 'Nobody has finished yet.' };
  const found = racers.filter(({ digest }) => pasted.some((one) => digest.startsWith(one)));
  const names = found.map(({ entrant }) => OPTIMIZERS[entrant.name].title).join(', ');
  return found.length > 0
    ? { kind: 'good', says: `Equal, to the last bit: ${names}.` }
    : { kind: 'bad', says: 'None of the final weights has this digest. Are the settings the same?' };
}
