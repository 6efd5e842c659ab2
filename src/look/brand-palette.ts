/** Colours derived from an installation's brand colour for light or dark screens, each as `#rrggbb`. */
export interface BrandColors {
  /** Buttons. */
  fill: string;
  /** Text on `fill` and on `fillHover`. */
  onFill: string;
  /** A button under the pointer. */
  fillHover: string;
  /** Border of a button: `fill`, or a colour that shows its edge. */
  edge: string;
  /** Links, outlines and other marks on a plain background. */
  ink: string;
}

export interface BrandPalette {
  light: BrandColors;
  dark: BrandColors;
}

/** Contrast of text to its background. WCAG 2.2, 1.4.3 (AA). */
export const TEXT_CONTRAST = 4.5;

/** Contrast of a control's shape to its surroundings. WCAG 2.2, 1.4.11 (AA). */
export const SHAPE_CONTRAST = 3;

/** Contrast of links on dark screens, where coloured text looks fainter than its measured contrast. WCAG 2.2, 1.4.6 (AAA). */
const DARK_TEXT_CONTRAST = 7;

/** Contrast of elements in a grey brand colour: a medium grey would look disabled. */
const GREY_CONTRAST = 12;

/** Maximum difference between the channels of a grey. */
const GREY_SPREAD = 15;

/** The lightest and darkest backgrounds of pages and mails; the first is that of cards. */
export const GROUNDS = {
  light: ['#ffffff', '#eef0f6'],
  dark: ['#191c22', '#2a303d'],
} as const;

const BLACK = '#000000';
const WHITE = '#ffffff';

const STEPS = 64;
const HOVER_SHIFT = 0.14;

/**
 * Derives readable colours of buttons and links from any brand colour. On light screens buttons have exactly that colour; on dark screens
 * it is lightened as far as needed to stand out from the background.
 * @param color `#rrggbb`
 */
export function brandPalette(color: string): BrandPalette {
  const grey = isGrey(color);
  const glow = shift(color, WHITE, [GROUNDS.dark[0]], grey ? GREY_CONTRAST : SHAPE_CONTRAST);
  return {
    light: colorsFor(color, GROUNDS.light, shift(color, BLACK, GROUNDS.light, grey ? GREY_CONTRAST : TEXT_CONTRAST)),
    dark: colorsFor(glow, GROUNDS.dark, shift(glow, WHITE, GROUNDS.dark, DARK_TEXT_CONTRAST)),
  };
}

function colorsFor(fill: string, [card]: readonly [string, string], ink: string): BrandColors {
  // One of the two has a contrast of at least 4.58 to any colour.
  const onFill = contrast(WHITE, fill) >= TEXT_CONTRAST ? WHITE : BLACK;
  return {
    fill,
    onFill,
    // Away from the text colour, so that the text becomes easier to read, not harder.
    fillHover: mix(fill, onFill === WHITE ? BLACK : WHITE, HOVER_SHIFT),
    edge: contrast(fill, card) >= SHAPE_CONTRAST ? fill : ink,
    ink,
  };
}

function isGrey(color: string): boolean {
  const values = channels(color);
  return Math.max(...values) - Math.min(...values) <= GREY_SPREAD;
}

/** `color`, moved towards black or white just as far as needed for the contrast to all `grounds`. */
function shift(color: string, towards: string, grounds: readonly string[], wanted: number): string {
  for (let step = 0; step < STEPS; step += 1) {
    const candidate = mix(color, towards, step / STEPS);
    if (grounds.every((ground) => contrast(candidate, ground) >= wanted)) return candidate;
  }
  return towards;
}

function mix(color: string, other: string, share: number): string {
  const others = channels(other);
  const mixed = channels(color).map((value, index) => Math.round(value + ((others[index] ?? 0) - value) * share));
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}

/** Contrast ratio of two colours, from 1 to 21, as WCAG 2.2 defines it. */
export function contrast(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = channels(color).map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function channels(color: string): number[] {
  return [1, 3, 5].map((start) => Number.parseInt(color.slice(start, start + 2), 16));
}
