/** The page: puts its parts together, and keeps them in step with the race. */
import 'uplot/dist/uPlot.min.css';
import './style.css';
import { DOWNLOAD, Images } from './data/images.ts';
import type { Facts } from './prepare.ts';
import { recall, remember, tidy, type UnderWay } from './race/keep.ts';
import { Race } from './race/race.ts';
import { fromQuery, type Settings, toQuery } from './settings.ts';
import type { App } from './ui/app.ts';
import { byId, h, setText } from './ui/dom.ts';
import { exporting } from './ui/export.ts';
import { bytes, count } from './ui/format.ts';
import { imagesPart } from './ui/images-part.ts';
import { Painter, turn } from './ui/painter.ts';
import { badge, proof } from './ui/proof.ts';
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
  readonly #getImages: ReturnType<typeof imagesPart>;
  #painter: Painter | undefined;
  #form: SettingsForm | undefined;

  constructor(facts: Facts) {
    this.facts = facts;
    const { settings, problems } = fromQuery(location.search);
    this.settings = settings;
    this.#problems = problems;
    this.images = new Images(facts.first);
    this.#getImages = imagesPart(this.images, () => void this.reset());
  }

  /** One part after the other, so that the browser is free in between. */
  async build(): Promise<void> {
    // what is seen first comes first; the rest is loaded meanwhile
    const [charting, looking] = [import('./ui/charts.ts'), import('./ui/inside.ts')];
    const form = settingsForm(this, this.#getImages.element);
    this.#form = form;
    byId('settings').append(form.element);
    await turn();
    const controls = transport(this);
    byId('race').append(this.#notices, controls.element);
    const curves = (await charting).charts(this);
    byId('race').append(curves.element);
    await turn();
    const table = standings(this, (racer) => badge(this, racer));
    byId('race').append(table.element);
    await turn();
    const within = (await looking).inside(this);
    byId('race').append(within.element);
    await turn();
    const proven = proof(this);
    byId('race').append(proven.element, exporting(this, curves));
    const recolour = () => {
      for (const part of [form, curves, table, within]) part.recolour();
      this.changed();
    };
    byId('theme').append(themeSwitch(recolour));
    // the state is told last, when all else agrees with it
    this.#painter = new Painter([form, ...curves.parts, table, within, proven, controls]);
    this.changed();
    await turn();
  }

  /** Sets the race up, and starts it if nothing has to be downloaded for it. Goes on with the one that a reload has cut off. */
  async begin(): Promise<void> {
    for (const problem of this.#problems)
      this.#notice(`The address could not be read completely. ${problem}. The default is used.`);
    const before = recall(toQuery(this.settings));
    void tidy(undefined, before?.id);
    if (before) return this.#goOn(before);
    if (this.images.needsDownload(this.settings.limit)) {
      this.#notice(`This race needs all images (${bytes(DOWNLOAD)}): Play gets them and starts.`);
      return;
    }
    await this.#setUp();
    await this.race?.play();
  }

  async #goOn({ id, step, state }: UnderWay): Promise<void> {
    if (!(await this.#setUp(id)) || !this.race) return;
    const from = count(Math.min(...this.race.racers.map((racer) => racer.step)));
    const says = {
      running: `The page was reloaded at step ${count(step)}. The race goes on from step ${from}, where it was kept, and will end with the same digests.`,
      paused: `The page was reloaded at step ${count(step)}. The race goes there again from step ${from}, where it was kept.`,
      finished: 'This race had finished before the page was reloaded.',
    };
    this.#notice(says[state]);
    if (state === 'paused') await this.race.goTo(step);
    else await this.race.play();
  }

  change(settings: Partial<Settings>): void {
    this.settings = { ...this.settings, ...settings };
    history.replaceState(null, '', `${location.pathname}${toQuery(this.settings)}${location.hash}`);
    if (this.race && (this.race.state === 'ready' || this.race.state === 'preparing')) void this.reset();
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

  /** No race begins while a field is wrong: it would not be the one that the form shows. */
  #refuses(): boolean {
    this.#notices.replaceChildren();
    const wrong = this.#form?.showWrong() ?? false;
    if (wrong) this.#notice('The race has not begun: a setting is wrong.');
    return wrong;
  }

  async reset(): Promise<void> {
    this.#notices.replaceChildren();
    if (this.images.needsDownload(this.settings.limit)) {
      this.#leave();
      this.race = undefined;
      this.changed();
    } else await this.#setUp();
  }

  #setting = 0;

  /** Everybody at the start, with the settings as they are, or where the race of this name was kept; false if that was not to be. */
  async #setUp(id?: string): Promise<boolean> {
    const turn = ++this.#setting;
    const { settings } = this;
    this.#leave();
    try {
      if (this.images.needsDownload(settings.limit)) await this.#getImages.get();
      const data = await this.images.for(settings.limit);
      if (turn !== this.#setting) return false;
      const race = new Race(settings, () => this.#moved(race), id);
      this.race = race;
      this.changed();
      await race.prepare(data);
      weigh(this.images);
      return turn === this.#setting && (race.state === 'ready' || race.state === 'finished');
    } catch (error) {
      this.race = undefined;
      this.changed();
      this.#notice(`The images could not be loaded. ${error instanceof Error ? error.message : String(error)}`);
      return false;
    }
  }

  /** Ends the race that there is. */
  #leave(): void {
    if (!this.race) return;
    this.race.close();
    remember(undefined);
    void tidy(this.race.id);
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

  changed(): void {
    this.#painter?.changed();
  }

  #notice(text: string): void {
    this.#notices.append(h('p', { class: 'notice', role: 'status' }, text));
  }
}

/** What the page weighs: what was sent of it so far. */
function weigh(images: Images): void {
  const kinds = [...performance.getEntriesByType('resource'), ...performance.getEntriesByType('navigation')];
  const sent = kinds.reduce((sum, entry) => sum + ('encodedBodySize' in entry ? Number(entry.encodedBodySize) : 0), 0);
  const credit = 'Fashion-MNIST: Xiao, Rasul & Vollgraf 2017, MIT licence, Zalando SE.';
  setText(byId('foot'), `This page: ${bytes(sent)}; images: ${bytes(images.received)}. ${credit}`);
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
