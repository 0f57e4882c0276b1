/** The page: puts its parts together, and keeps them in step with the race. */
import 'uplot/dist/uPlot.min.css';
import './style.css';
import { DOWNLOAD, Images } from './data/images.ts';
import type { Facts } from './prepare.ts';
import { Race } from './race/race.ts';
import { fromQuery, type Settings, toQuery } from './settings.ts';
import type { App } from './ui/app.ts';
import { charts } from './ui/charts.ts';
import { byId, h, setText } from './ui/dom.ts';
import { exporting } from './ui/export.ts';
import { bytes } from './ui/format.ts';
import { imagesPart } from './ui/images-part.ts';
import { inside } from './ui/inside.ts';
import { badge, proof } from './ui/proof.ts';
import { settingsForm } from './ui/settings-form.ts';
import { standings } from './ui/standings.ts';
import { themeSwitch } from './ui/theme.ts';
import { transport } from './ui/transport.ts';

/** Milliseconds between two drawings of the page, at least. */
const PAUSE = 120;
const RELOADED = 'simdescent-race-under-way';

async function start(): Promise<void> {
  const response = await fetch(new URL('data/facts.json', document.baseURI));
  if (!response.ok) throw new Error(`data/facts.json: HTTP ${response.status}`);
  const page = new Page((await response.json()) as Facts);
  await page.begin();
}

class Page implements App {
  settings: Settings;
  race: Race | undefined;
  readonly images: Images;
  readonly facts: Facts;
  readonly #problems: readonly string[];
  readonly #update: () => void;
  readonly #get: (files?: readonly Blob[]) => Promise<void>;
  readonly #notices = h('div', { class: 'notices' });

  constructor(facts: Facts) {
    this.facts = facts;
    const { settings, problems } = fromQuery(location.search);
    this.settings = settings;
    this.#problems = problems;
    this.images = new Images(facts.first);
    const images = imagesPart(this.images, () => void this.reset());
    this.#get = images.get;
    const form = settingsForm(this, images.element);
    const curves = charts(this);
    const table = standings(this, (racer) => badge(this, racer));
    const [controls, proven, within] = [transport(this), proof(this), inside(this)];
    const parts = [form, controls, curves, table, proven, within];
    byId('settings').append(form.element);
    byId('race').append(
      this.#notices,
      ...[controls, curves, table, within, proven].map(({ element }) => element),
      exporting(this, curves),
    );
    byId('theme').append(
      themeSwitch(() => {
        for (const part of [form, curves, table, within]) part.recolour();
      }),
    );
    this.#update = () => {
      for (const part of parts) part.update();
    };
    addEventListener('pagehide', () => this.#remember());
    document.addEventListener('visibilitychange', () => this.changed());
  }

  /** Sets the race up, and starts it if nothing has to be downloaded for it. */
  async begin(): Promise<void> {
    for (const problem of this.#problems)
      this.#notice(`The address could not be read completely. ${problem}. The default is used.`);
    this.#afterReload();
    this.#update();
    if (this.images.needsDownload(this.settings.limit)) {
      this.#notice(`This race needs all images (${bytes(DOWNLOAD)}): Play gets them and starts.`);
      return;
    }
    await this.#setUp();
    await this.race?.play();
  }

  change(settings: Partial<Settings>): void {
    this.settings = { ...this.settings, ...settings };
    history.replaceState(null, '', `${location.pathname}${toQuery(this.settings)}${location.hash}`);
    if (this.race && (this.race.state === 'ready' || this.race.state === 'preparing')) void this.reset();
    this.changed();
  }

  async play(): Promise<void> {
    if (this.race?.state === 'paused' || (this.race?.state === 'ready' && this.race.settings === this.settings))
      return this.race.play();
    this.#notices.replaceChildren();
    if (await this.#setUp()) await this.race?.play();
  }

  async step(): Promise<void> {
    if (this.race?.state !== 'paused' && this.race?.state !== 'ready' && !(await this.#setUp())) return;
    await this.race?.stepOnce();
  }

  async reset(): Promise<void> {
    this.#notices.replaceChildren();
    if (this.images.needsDownload(this.settings.limit)) {
      this.race?.close();
      this.race = undefined;
      this.changed();
    } else await this.#setUp();
  }

  #setting = 0;

  /** Everybody at the start, with the settings as they are; false if that was not to be. */
  async #setUp(): Promise<boolean> {
    const turn = ++this.#setting;
    const { settings } = this;
    this.race?.close();
    try {
      if (this.images.needsDownload(settings.limit)) await this.#get();
      const data = await this.images.for(settings.limit);
      if (turn !== this.#setting) return false;
      this.race = new Race(settings, () => this.changed());
      this.changed();
      await this.race.prepare(data);
      weigh(this.images);
      return turn === this.#setting && this.race.state === 'ready';
    } catch (error) {
      this.race = undefined;
      this.changed();
      this.#notice(`The images could not be loaded. ${error instanceof Error ? error.message : String(error)}`);
      return false;
    }
  }

  #waiting = false;
  #drawn = 0;

  /** Everything is drawn some eight times a second, not more: the processors are for the race. And not at all while nobody looks. */
  changed(): void {
    if (this.#waiting || document.hidden) return;
    this.#waiting = true;
    const draw = () => {
      this.#waiting = false;
      this.#drawn = performance.now();
      this.#update();
    };
    setTimeout(() => requestAnimationFrame(draw), Math.max(0, PAUSE - (performance.now() - this.#drawn)));
  }

  #notice(text: string): void {
    this.#notices.append(h('p', { class: 'notice', role: 'status' }, text));
  }

  /** A reload ends the race; the page says so when it is back. */
  #remember(): void {
    try {
      const { race } = this;
      if (race && ['running', 'pausing', 'paused'].includes(race.state))
        sessionStorage.setItem(RELOADED, String(race.step));
    } catch {
      // where storage is forbidden nothing is said
    }
  }

  #afterReload(): void {
    try {
      const step = sessionStorage.getItem(RELOADED);
      sessionStorage.removeItem(RELOADED);
      if (step !== null)
        this.#notice(
          `The page was reloaded at step ${step} of a race. It starts again, and will end with the same digests.`,
        );
    } catch {
      // as above
    }
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
