/** When the parts of the page are drawn: some eight times a second, in pieces, so that the page's own thread is never busy for long. */
import type { Moment, Part } from './app.ts';

/** Milliseconds between two drawings of the whole page, at least: the processors are for the race. */
const PAUSE = 120;
/** Milliseconds that parts may take of a frame; later parts wait for the next one, because style, layout and painting need time too. */
const SHARE = 3;

const nextFrame = (): Promise<number> => new Promise(requestAnimationFrame);

/** Lets the browser answer and paint before it goes on; in a hidden tab too, which has no frames. */
export const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

export class Painter {
  readonly #parts: readonly Pick<Part, 'update'>[];
  readonly #look: () => Moment;
  #stale = false;
  #drawing = false;
  #drawn = Number.NEGATIVE_INFINITY;

  /** Draws the parts in this order; `look` says what the page is at the moment. */
  constructor(parts: readonly Pick<Part, 'update'>[], look: () => Moment) {
    this.#parts = parts;
    this.#look = look;
    document.addEventListener('visibilitychange', () => this.changed());
  }

  /** Something has changed: it is drawn soon, but not while the tab is hidden. */
  changed(): void {
    this.#stale = true;
    if (!this.#drawing && !document.hidden) void this.#draw();
  }

  /** While parts are drawn, some show this moment and some the one before: the page says when all agree, for programs that read it. */
  async #draw(): Promise<void> {
    this.#drawing = true;
    document.body.dataset.stale = 'true';
    try {
      while (this.#stale && !document.hidden) {
        const early = this.#drawn + PAUSE - performance.now();
        if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
        let begin = await nextFrame();
        this.#stale = false;
        const moment = this.#look();
        this.#drawn = performance.now();
        for (const part of this.#parts) {
          if (performance.now() - begin > SHARE) begin = await nextFrame();
          part.update(moment);
          await undefined; // what a chart has put off to the end of its task counts as well
        }
      }
    } finally {
      this.#drawing = false;
      document.body.dataset.stale = String(this.#stale);
    }
  }
}
