/** The pixels of whatever a page draws or shows, and of decoded files in Node. */
import { checkInteger, checkKind, isError, isObject, show, typedKind } from '../../validate.ts';

/** Pixels in rows from the top, four bytes each: red, green, blue, alpha; an `ImageData`, or what decoders of PNG and JPEG return. */
export interface Pixels {
  /** The bytes. */
  readonly data: Uint8Array | Uint8ClampedArray;
  /** Pixels in a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/** What a page draws: a canvas, an `ImageBitmap`, an image, a video or a frame of one. By its size alone, so that programs for Node need no types of a page. */
export type Drawable =
  | {
      /** Pixels in a row. */
      readonly width: number;
      /** Rows. */
      readonly height: number;
    }
  | {
      /** Pixels in a row of a frame. */
      readonly displayWidth: number;
      /** Rows of a frame. */
      readonly displayHeight: number;
    };

/** A canvas, an `ImageData`, an `ImageBitmap`, an image, a frame of a video; in Node any {@link Pixels}. */
export type ImageSource = Pixels | Drawable;

const KINDS = 'a canvas, an ImageData, an ImageBitmap, an image element or { data, width, height }';

type Canvas = HTMLCanvasElement | OffscreenCanvas;
type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

const contextOf = (canvas: Canvas, options?: CanvasRenderingContext2DSettings): Context | null =>
  canvas.getContext('2d', options) as Context | null;

/** The size of what can be drawn: an image's own, not that on the page. */
function sizeOf(name: string, source: Readonly<Record<string, unknown>>): readonly [width: number, height: number] {
  const [width, height] = [
    source.naturalWidth ?? source.videoWidth ?? source.displayWidth ?? source.width,
    source.naturalHeight ?? source.videoHeight ?? source.displayHeight ?? source.height,
  ];
  checkKind(typeof width === 'number' && typeof height === 'number', name, KINDS, source);
  if (!(width > 0 && height > 0))
    throw new RangeError(`${name} is ${width} x ${height} pixels: an image or video must have been loaded`);
  return [width, height];
}

/** Draws what has no pixels to read. */
function drawn(source: CanvasImageSource, width: number, height: number): Context {
  const canvas: Canvas =
    typeof OffscreenCanvas === 'undefined'
      ? Object.assign(document.createElement('canvas'), { width, height })
      : new OffscreenCanvas(width, height);
  const context = contextOf(canvas, { willReadFrequently: true });
  if (context === null) throw new Error('imageData: this browser draws no canvas');
  context.drawImage(source, 0, 0, width, height);
  return context;
}

/** The pixels of `source`; `name` is its name in messages. */
export function pixelsOf(name: string, source: unknown): Pixels {
  checkKind(isObject(source), name, KINDS, source);
  if ('data' in source) return checked(name, source as Pixels);
  const [width, height] = sizeOf(name, source as Readonly<Record<string, unknown>>);
  // one that draws in three dimensions has no such context
  const context =
    ('getContext' in source ? contextOf(source as Canvas) : null) ?? drawn(source as CanvasImageSource, width, height);
  try {
    return context.getImageData(0, 0, width, height);
  } catch (cause) {
    if (!isError(cause) || cause.name !== 'SecurityError') throw cause;
    throw new Error(
      `${name} shows an image of another server, whose pixels a page may not read: load it with crossOrigin = 'anonymous', and let the server send Access-Control-Allow-Origin`,
      { cause },
    );
  }
}

function checked(name: string, { data, width, height }: Pixels): Pixels {
  checkKind(/^Uint8(Clamped)?Array$/.test(typedKind(data) ?? ''), `${name}.data`, 'bytes', data);
  checkInteger(`${name}.width`, width, 1);
  checkInteger(`${name}.height`, height, 1);
  if (data.length !== width * height * 4)
    throw new RangeError(
      `${name}: ${width} x ${height} pixels have ${width * height * 4} bytes, four each, got ${show(data.length)}`,
    );
  return { data, width, height };
}
