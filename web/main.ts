/** The page: puts its parts together, and keeps them in step with the race. */
import 'uplot/dist/uPlot.min.css';
import './style.css';
import type { Facts } from './data/facts.ts';
import { Images } from './data/images.ts';
import { recall, remember, tidy, type UnderWay } from './race/keep.ts';
import { Race } from './race/race.ts';
import { sent, total } from './sent.ts';
import { fromQuery, type Settings, toQuery } from './settings.ts';
import type { App, Moment } from './ui/app.ts';
import { byId, h, setText } from './ui/dom.ts';
import { exporting } from './ui/export.ts';
import { bytes, count } from './ui/format.ts';
import { imagesPart } from './ui/images-part.ts';
import { landscapePart } from './ui/landscape-part.ts';
import { repairLanguage } from './ui/language.ts';
import { Painter, turn } from './ui/painter.ts';
import { proof } from './ui/proof.ts';
import { type SettingsForm, settingsForm } from './ui/settings-form.ts';
import { standings } from './ui/standings.ts';
import { themeSwitch } from './ui/theme.ts';
import { transport } from './ui/transport.ts';

async function start(): Promise<void> {
  const response = await fetch(new URL('data/facts.json', document.baseURI));
  if (!response.ok) throw new Error(`data/facts.json: HTTP ${response.status}`);
  const page = new Page((await response.json()) as Facts);
  await page.build();
  await page.begin();
}

class Page implements App {
  settings: Settings;
  race: Race | undefined;
  readonly images: Images;
  readonly facts: Facts;
  readonly #problems: readonly string[];
  readonly #notices = h('div', { class: 'notices' });
  #painter: Painter | undefined;
  #form: SettingsForm | undefined;

  constructor(facts: Facts) {
    this.facts = facts;
    const { settings, problems } = fromQuery(location.search);
    this.settings = settings;
    this.#problems = problems;
    this.images = new Images(facts.first, () => this.changed());
  }

  /** One part after the other, so that the browser is free in between. */
  async build(): Promise<void> {
    repairLanguage(); // before uPlot comes with the charts
    // what is seen first comes first; the rest is loaded meanwhile
    const [charting, looking, drawing] = [import('./ui/charts.ts'), import('./ui/inside.ts'), import('./ui/draw.ts')];
    const getImages = imagesPart(this.images, () => void (this.race ?? this.#setUp()));
    const form = settingsForm(this, getImages.element);
    this.#form = form;
    byId('settings').append(form.element);
    await turn();
    const controls = transport(this);
    byId('race').append(this.#notices, controls.element);
    const curves = (await charting).charts(this);
    byId('race').append(curves.element);
    await turn();
    const table = standings(this.facts);
    byId('race').append(table.element);
    await turn();
    const sheet = (await drawing).draw(this);
    byId('race').append(sheet.element);
    await turn();
    const within = (await looking).inside(this);
    byId('race').append(within.element);
    await turn();
    const land = landscapePart(this);
    const proven = proof(this.facts);
    const taken = exporting(this, curves);
    byId('race').append(land.element, proven.element, taken.element);
    const recolour = () => {
      for (const part of [form, curves, table, sheet, within, land]) part.recolour();
      this.changed();
    };
    byId('theme').append(themeSwitch(recolour));
    // an old state goes first and a new one comes last, so a reader of the state finds that all else agrees
    const parts = [
      controls.leave,
      form,
      getImages,
      ...curves.parts,
      table,
      sheet,
      within,
      land,
      proven,
      taken,
      controls,
    ];
    this.#painter = new Painter(parts, () => this.#look());
    this.changed();
    await turn();
  }

  /** Sets the race up, and starts it if nothing has to be downloaded for it. Continues a race that a reload interrupted. */
  async begin(): Promise<void> {
    const before = recall(toQuery(this.settings));
    void tidy(undefined, before?.id);
    const wanting = !before && this.images.needsDownload(this.settings.limit);
    if (wanting) await this.reset();
    if (this.#problems.length > 0)
      this.#notice(`Parts of the link cannot be used; the race ignores them. ${this.#problems.join('. ')}.`);
    if (before) return this.#goOn(before);
    if (wanting) return;
    await this.#setUp();
    await this.race?.play();
  }

  async #goOn({ id, step, state }: UnderWay): Promise<void> {
    if (!(await this.#setUp(id)) || !this.race) return;
    const from = count(Math.min(...this.race.racers.map((racer) => racer.step)));
    const says = {
      running: `The page was reloaded at step ${count(step)}. The race continues from step ${from}, the last one saved, and ends with the same digests.`,
      paused: `The page was reloaded at step ${count(step)}. The race returns there from step ${from}, the last one saved.`,
      finished: 'This race had finished before the page was reloaded.',
    };
    this.#notice(says[state]);
    if (state === 'paused') await this.race.goTo(step);
    else await this.race.play();
  }

  change(settings: Partial<Settings>): void {
    this.settings = { ...this.settings, ...settings };
    const { race, images } = this;
    if (race ? race.state === 'ready' || race.state === 'preparing' : !images.needsDownload(this.settings.limit))
      void this.reset();
    else if (!race) this.#name(this.settings);
    this.changed();
  }

  async play(): Promise<void> {
    if (await this.#canMove()) await this.race?.play();
  }

  async step(): Promise<void> {
    if (await this.#canMove()) await this.race?.stepOnce();
  }

  /** Whether there is a race that can go on or begin, which is set up where there is none with these settings. */
  async #canMove(): Promise<boolean> {
    if (this.race?.state === 'paused') return true;
    if (this.#refuses()) return false;
    return (this.race?.state === 'ready' && this.race.settings === this.settings) || this.#setUp();
  }

  /** No race begins while a field is wrong, because it would not have the settings that the form shows. */
  #refuses(): boolean {
    this.#notices.replaceChildren();
    const wrong = this.#form?.showWrong() ?? false;
    if (wrong) this.#notice('The race has not begun: a setting is wrong.');
    return wrong;
  }

  stop(): void {
    if (this.#busy === 'fetching') {
      this.#turn++;
      this.#busy = undefined;
      this.changed();
    } else void this.race?.stop();
  }

  async reset(): Promise<void> {
    this.#notices.replaceChildren();
    if (this.images.needsDownload(this.settings.limit)) {
      this.#turn++;
      this.#busy = undefined;
      this.#leave();
      this.#name(this.settings);
      this.changed();
    } else await this.#setUp();
  }

  /** Counts what sets up or leaves a race: only the latest counts. */
  #turn = 0;
  /** What there is to wait for before the next race is there. */
  #busy: 'preparing' | 'fetching' | undefined = 'preparing';

  /** Puts all racers at the start, with the settings as they are, or where the race of this name was saved; false if it could not. */
  async #setUp(id?: string): Promise<boolean> {
    const turn = ++this.#turn;
    const { settings } = this;
    this.#busy = this.images.needsDownload(settings.limit) ? 'fetching' : 'preparing';
    this.changed();
    try {
      // the race before stays until there are images for the next one
      const data = await this.images.for(settings.limit);
      if (turn !== this.#turn) return false;
      if (settings !== this.settings) return this.#setUp(id);
      this.#leave();
      const race = new Race(settings, () => this.#moved(race), id);
      this.race = race;
      this.#busy = undefined;
      this.#name(settings);
      this.changed();
      await race.prepare(data);
      weigh(this.images, race);
      return turn === this.#turn && (race.state === 'ready' || race.state === 'finished');
    } catch (error) {
      if (turn !== this.#turn) return false;
      this.#busy = undefined;
      // a download says itself why it failed
      if (this.images.failure === '')
        this.#notice(`The images could not be loaded. ${error instanceof Error ? error.message : String(error)}`);
      this.changed();
      return false;
    }
  }

  /** Ends the race that there is. */
  #leave(): void {
    if (!this.race) return;
    this.race.close();
    remember(undefined);
    void tidy(this.race.id);
    this.race = undefined;
  }

  /** The address is that of the race that is shown; where none is, that of the form. */
  #name(settings: Settings): void {
    history.replaceState(null, '', `${location.pathname}${toQuery(settings)}${location.hash}`);
  }

  /** The race has changed: writes down where it is, for a reload, and draws it. */
  #moved(race: Race): void {
    if (race !== this.race) return;
    const { id, place: step, settings } = race;
    const state = race.state === 'pausing' ? 'paused' : race.state;
    if (state === 'running' || state === 'paused' || state === 'finished')
      remember({ id, step, state, query: toQuery(settings) });
    else if (state === 'stopped') remember(undefined);
    this.changed();
  }

  /** What all parts are to draw. */
  #look(): Moment {
    const { settings, race, images } = this;
    const { download, failure } = images;
    const needsDownload = images.needsDownload(settings.limit);
    const phase = this.#busy === 'fetching' ? 'fetching' : (race?.state ?? this.#busy ?? 'wanting');
    const outdated = race?.over === true && toQuery(race.settings) !== toQuery(settings);
    return { phase, settings, race: race?.view(), outdated, needsDownload, download, failure };
  }

  changed(): void {
    this.#painter?.changed();
  }

  #notice(text: string): void {
    this.#notices.append(h('p', { class: 'notice', role: 'status' }, text));
  }
}

/** What the page weighs: what was sent of it so far. */
function weigh(images: Images, race: Race): void {
  const all = total([sent(), ...images.sent, ...race.sent]);
  const credit = 'Fashion-MNIST: Xiao, Rasul & Vollgraf 2017, MIT licence, Zalando SE.';
  setText(byId('weight'), `${all ? `This page: ${bytes(all)}; ` : ''}images: ${bytes(images.received)}. ${credit}`);
}

start()
  .then(() => (import.meta.env.PROD ? navigator.serviceWorker?.register('./sw.js') : undefined))
  .catch((error: unknown) => {
    const again = h('button', { type: 'button', onclick: () => location.reload() }, 'Try again');
    byId('race').append(
      h(
        'p',
        { class: 'notice bad', role: 'alert' },
        `The page could not start. ${error instanceof Error ? error.message : String(error)} `,
        again,
      ),
    );
  });
