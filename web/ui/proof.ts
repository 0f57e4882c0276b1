/** The proof: digests of the first and last weights of each racer, beside those that Node computed, and the command lines that repeat the race. */

import type { Facts } from '../data/facts.ts';
import { OPTIMIZERS } from '../optimizers.ts';
import type { RacerView, RaceView } from '../race/race.ts';
import { commandLines, trainLine } from '../settings.ts';
import type { Moment, Part } from './app.ts';
import { h, setText } from './dom.ts';
import { count } from './format.ts';

interface Verdict {
  readonly kind: 'equal' | 'differs' | 'open' | 'none';
  readonly text: string;
}

/** How a racer's weights compare with Node's. */
function verdict({ digests }: Facts, { settings }: RaceView, { entrant, status, step, digest }: RacerView): Verdict {
  if (status === 'failed' || status === 'stopped') return { kind: 'none', text: `${status} at step ${count(step)}` };
  if (digest === '') return { kind: 'open', text: status === 'waiting' ? 'waiting' : 'racing' };
  const expected = digests[trainLine(settings, entrant)];
  if (expected === undefined) return { kind: 'none', text: 'finished' };
  return expected === digest ? { kind: 'equal', text: '= Node' } : { kind: 'differs', text: '≠ Node' };
}

export function badge(facts: Facts, race: RaceView, racer: RacerView): HTMLElement {
  const { kind, text } = verdict(facts, race, racer);
  const digest = racer.digest === '' ? undefined : h('code', {}, racer.digest.slice(0, 12));
  return h('span', { class: 'verdict' }, digest, h('span', { class: `badge ${kind}` }, text));
}

export function proof(facts: Facts): Part {
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
  let race: RaceView | undefined;
  const check = () => {
    const { kind, says: text } = verify(race?.racers ?? [], input.value);
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
      h('dt', {}, 'Order of the images in all epochs'),
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
      'In a checkout of SIMDescent, type node dist/cli.js instead of simdescent. The command line validates on all 10,000 test images, a race with up to 2,000 training images on the first 500: validation losses differ, weights do not.',
    ),
    h('h3', {}, h('label', { for: 'digest' }, 'Verify a digest')),
    input,
    says,
  );

  let shown: string | undefined;
  function update(moment: Moment): void {
    race = moment.race;
    const racers = race?.racers ?? [];
    const initials = racers.map(({ initial }) => initial);
    const known = initials.length > 0 && initials.every((one) => one !== '');
    const same = known && initials.every((one) => one === initials[0]);
    setText(start, known ? (initials[0] ?? '') : '…');
    setText(startSays, known ? (same ? `the same for all ${initials.length}` : 'they differ') : '');
    startSays.className = `badge ${known ? (same ? 'equal' : 'differs') : ''}`;
    setText(order, race?.order || '…');
    setText(commands, commandLines((race ?? moment).settings).join('\n'));
    const key = racers.map(({ entrant, digest, status }) => entrant.name + digest + status).join() + race?.state;
    if (key === shown) return;
    shown = key;
    finals.replaceChildren(...racers.flatMap((racer) => (race ? final(race, racer) : [])));
    setText(explained, race ? explain(facts, race) : '');
    check();
  }

  function final(race: RaceView, racer: RacerView): HTMLElement[] {
    const { title } = OPTIMIZERS[racer.entrant.name];
    const { kind, text } = verdict(facts, race, racer);
    return [
      h('dt', {}, `${title} `, h('span', { class: `badge ${kind}` }, text)),
      h('dd', {}, h('code', { 'data-racer': racer.entrant.name }, racer.digest || '…')),
    ];
  }
  return { element, update };
}

function explain(facts: Facts, race: RaceView): string {
  if (race.state !== 'finished') return '';
  const kinds = race.racers.map((racer) => verdict(facts, race, racer).kind);
  const equal = kinds.filter((kind) => kind === 'equal').length;
  if (kinds.includes('differs'))
    return 'Some digests differ from those that Node computed: please report this, with your browser and processor.';
  if (equal === kinds.length) return `All digests equal those that Node ${facts.node} computed for these settings.`;
  const some = equal > 0 ? `${equal} of ${kinds.length} digests equal those that Node ${facts.node} computed. ` : '';
  return `${some}The page has no digest from Node for ${equal > 0 ? 'the others' : 'these settings'}: run the command below and paste what it prints.`;
}

/** Looks for pasted digests, or the first twelve digits of them, among the final weights. */
function verify(
  all: readonly RacerView[],
  text: string,
): { readonly kind: '' | 'good' | 'bad'; readonly says: string } {
  const lower = text.toLowerCase();
  // in JSON there are whole digests, and numbers with as many digits as a short one
  const pasted = [...new Set(lower.match(/\b[0-9a-f]{64}\b/g) ?? lower.match(/(?<![.\w])[0-9a-f]{12,63}\b/g))];
  if (text.trim() === '') return { kind: '', says: '' };
  if (pasted.length === 0) return { kind: '', says: 'A digest has 64 hex digits; the first twelve are enough.' };
  const racers = all.filter(({ digest }) => digest !== '');
  if (racers.length === 0) return { kind: '', says: 'No optimizer has finished yet.' };
  const found = racers.filter(({ digest }) => pasted.some((one) => digest.startsWith(one)));
  const names = found.map(({ entrant }) => OPTIMIZERS[entrant.name].title).join(', ');
  const others = pasted.filter((one) => !racers.some(({ digest }) => digest.startsWith(one))).length;
  if (found.length === 0)
    return { kind: 'bad', says: 'None of the final weights has this digest. Are the settings the same?' };
  if (others === 0) return { kind: 'good', says: `Equal, to the last bit: ${names}.` };
  return {
    kind: 'bad',
    says: `Equal, to the last bit: ${names}. ${others} of the ${pasted.length} digests pasted belong to none of the final weights.`,
  };
}
