/**
 * A sheet to draw on, in grey levels (0 is empty), and the image that the networks see of it. Strokes are made here and not by a canvas, so
 * that equal strokes give equal images in every browser.
 */

/** Pixels of the sheet along each edge: five for each of an image. */
export const SIDE = 140;
/** Pixels of an image along each edge. */
export const IMAGE_SIDE = 28;
/** As bright as most garments of the data set. */
const INK = 210;
/** From this on a pixel counts as part of an outline. */
const OUTLINE = 40;
const MOST_UNDONE = 30;

export interface Place {
  readonly x: number;
  readonly y: number;
}

export class Sheet {
  /** [row, column]. */
  pixels = new Uint8Array(SIDE * SIDE);
  #before: Uint8Array<ArrayBuffer>[] = [];

  get empty(): boolean {
    return this.pixels.every((value) => value === 0);
  }

  /** Whether there is something to undo. */
  get changed(): boolean {
    return this.#before.length > 0;
  }

  /** What follows is undone as one change. */
  begin(): void {
    this.#before.push(this.pixels.slice());
    if (this.#before.length > MOST_UNDONE) this.#before.shift();
  }

  undo(): void {
    this.pixels = this.#before.pop() ?? this.pixels;
  }

  clear(): void {
    this.begin();
    this.pixels.fill(0);
  }

  /** A stroke from one place to another, in pixels of the sheet; an eraser takes ink away. */
  line(from: Place, to: Place, radius: number, erase = false): void {
    const steps = Math.max(1, Math.ceil(Math.hypot(to.x - from.x, to.y - from.y)));
    for (let i = 0; i <= steps; i++) {
      const share = i / steps;
      this.#dab(from.x + (to.x - from.x) * share, from.y + (to.y - from.y) * share, radius, erase);
    }
  }

  #dab(x: number, y: number, radius: number, erase: boolean): void {
    const range = (middle: number) =>
      [Math.max(0, Math.floor(middle - radius - 1)), Math.min(SIDE - 1, Math.ceil(middle + radius + 1))] as const;
    const [[left, right], [top, bottom]] = [range(x), range(y)];
    for (let row = top; row <= bottom; row++)
      for (let column = left; column <= right; column++) {
        // the edge is soft over one pixel
        const cover = Math.min(1, Math.max(0, radius + 0.5 - Math.hypot(column + 0.5 - x, row + 0.5 - y)));
        const at = row * SIDE + column;
        const before = this.pixels[at] ?? 0;
        this.pixels[at] = erase ? Math.min(before, INK * (1 - cover)) : Math.max(before, INK * cover);
      }
  }

  /** Fills everything that an outline encloses. */
  fill(): void {
    this.begin();
    const outside = new Uint8Array(SIDE * SIDE);
    const edge = Array.from({ length: SIDE }, (_, i) => [i, i * SIDE, i * SIDE + SIDE - 1, (SIDE - 1) * SIDE + i]);
    const waiting = edge.flat();
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      if (outside[at] === 1 || (this.pixels[at] ?? 0) >= OUTLINE) continue;
      outside[at] = 1;
      const column = at % SIDE;
      if (column > 0) waiting.push(at - 1);
      if (column < SIDE - 1) waiting.push(at + 1);
      if (at >= SIDE) waiting.push(at - SIDE);
      if (at < SIDE * (SIDE - 1)) waiting.push(at + SIDE);
    }
    for (const [at, value] of this.pixels.entries()) if (outside[at] === 0) this.pixels[at] = Math.max(value, INK);
  }

  /** An image of the data set, to draw on. */
  show(image: Uint8Array): void {
    this.begin();
    const each = SIDE / IMAGE_SIDE;
    this.pixels = Uint8Array.from(
      { length: SIDE * SIDE },
      (_, at) => image[Math.floor(at / SIDE / each) * IMAGE_SIDE + Math.floor((at % SIDE) / each)] ?? 0,
    );
  }

  /**
   * What the networks see: the drawing cut out, made as large as fits into 28 x 28 pixels, and put into their middle, as the images of the
   * data set are. Each pixel is the mean of what it covers.
   */
  image(): Uint8Array<ArrayBuffer> {
    const image = new Uint8Array(IMAGE_SIDE * IMAGE_SIDE);
    const box = this.#box();
    if (!box) return image;
    const [width, height] = [box.right - box.left, box.bottom - box.top];
    // a dot is not blown up to a blob
    const each = Math.max(1, width / IMAGE_SIDE, height / IMAGE_SIDE);
    const left = box.left - (IMAGE_SIDE * each - width) / 2;
    const top = box.top - (IMAGE_SIDE * each - height) / 2;
    for (let row = 0; row < IMAGE_SIDE; row++)
      for (let column = 0; column < IMAGE_SIDE; column++)
        image[row * IMAGE_SIDE + column] = Math.round(this.#mean(left + column * each, top + row * each, each));
    return image;
  }

  /** The smallest rectangle that has all of the drawing. */
  #box() {
    const box = { left: SIDE, right: 0, top: SIDE, bottom: 0 };
    for (const [at, value] of this.pixels.entries()) {
      if (value === 0) continue;
      const [row, column] = [Math.floor(at / SIDE), at % SIDE];
      box.left = Math.min(box.left, column);
      box.right = Math.max(box.right, column + 1);
      box.top = Math.min(box.top, row);
      box.bottom = Math.max(box.bottom, row + 1);
    }
    return box.right > 0 ? box : undefined;
  }

  /** Of a square of the sheet, whose corners need not lie on pixels; outside there is nothing. */
  #mean(x: number, y: number, size: number): number {
    const cover = (at: number, from: number) => Math.min(at + 1, from + size) - Math.max(at, from);
    let sum = 0;
    for (let row = Math.max(0, Math.floor(y)); row < Math.min(SIDE, y + size); row++)
      for (let column = Math.max(0, Math.floor(x)); column < Math.min(SIDE, x + size); column++)
        sum += (this.pixels[row * SIDE + column] ?? 0) * cover(row, y) * cover(column, x);
    return sum / size ** 2;
  }
}
