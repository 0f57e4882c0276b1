/** Colours of drawings: light ones as attributes, which every program draws, and a style sheet for dark pages. */

/** A colour on a light page and on a dark one. */
interface Paint {
  readonly light: string;
  readonly dark: string;
}

const PAINTS = {
  page: { light: '#ffffff', dark: '#14171c' },
  ink: { light: '#1d2430', dark: '#e8ecf2' },
  muted: { light: '#566070', dark: '#a3adbb' },
  rule: { light: '#d9dde3', dark: '#343b46' },
  // Okabe and Ito's blue and vermilion, distinct under every common colour blindness, 3:1 from either page
  first: { light: '#0b62a3', dark: '#5fb0ea' },
  second: { light: '#c25400', dark: '#f0914a' },
} as const satisfies Readonly<Record<string, Paint>>;

export type PaintName = keyof typeof PAINTS;

/** Attributes that fill a shape. Names of classes are the library's own, because a drawing in a page shares its style sheets. */
export const fill = (name: PaintName): string => `class="sd-f-${name}" fill="${PAINTS[name].light}"`;
/** Attributes that draw a line. */
export const stroke = (name: PaintName): string => `class="sd-s-${name}" stroke="${PAINTS[name].light}" fill="none"`;
/** Attributes of text on a strong colour: as light as the page, on a dark page also where the colour is less strong. */
export const inverted = (onLight: boolean): string =>
  onLight ? fill('page') : `class="sd-f-inverted" fill="${PAINTS.ink.light}"`;

const RULES = Object.entries(PAINTS)
  .map(([name, { dark }]) => `.sd-f-${name}{fill:${dark}}.sd-s-${name}{stroke:${dark}}`)
  .join('');
const STYLE = `@media(prefers-color-scheme:dark){${RULES}.sd-f-inverted{fill:${PAINTS.page.dark}}}`;

/** A whole drawing, `title` of which is read out. */
export function drawing(width: number, height: number, title: string, content: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}" font-family="system-ui, sans-serif" font-size="12">`,
    `<style>${STYLE}</style>`,
    `<rect width="${width}" height="${height}" ${fill('page')}/>`,
    ...content,
    '</svg>',
  ].join('\n');
}

/** A coordinate, short. */
export const at = (value: number): string => String(Math.round(value * 10) / 10);

/** About how wide a text is drawn, in pixels: the widest font of any system is not much wider. */
export const widthOf = (text: string, size = 12): number => [...text].length * size * 0.6;
