import { imageLibrary } from './image-library.js';

/** File name of the default picture, for frontends that always expect one. */
export const DEFAULT_FILE = 'default.jpg';

/** Edge of the picture, pixels; drawn at twice the size, so that its curves are smooth. */
const PIXELS = 512;
const DRAWN_PIXELS = 2 * PIXELS;

const PAPER = [0xe3, 0xe6, 0xec];
const FIGURE = [0xa3, 0xab, 0xba];

let drawn: Promise<Buffer> | undefined;

/** The outline of a person, JPEG. */
export function defaultPicture(): Promise<Buffer> {
  drawn ??= draw();
  return drawn;
}

async function draw(): Promise<Buffer> {
  const sharp = await imageLibrary();
  const pixels = Buffer.alloc(DRAWN_PIXELS * DRAWN_PIXELS * 3);
  for (let y = 0; y < DRAWN_PIXELS; y += 1) {
    for (let x = 0; x < DRAWN_PIXELS; x += 1) {
      pixels.set(isFigure(x / DRAWN_PIXELS, y / DRAWN_PIXELS) ? FIGURE : PAPER, (y * DRAWN_PIXELS + x) * 3);
    }
  }
  return sharp(pixels, { raw: { width: DRAWN_PIXELS, height: DRAWN_PIXELS, channels: 3 } })
    .resize(PIXELS)
    .jpeg()
    .toBuffer();
}

/** Head and shoulders, in fractions of the edge. */
function isFigure(x: number, y: number): boolean {
  return Math.hypot(x - 0.5, y - 0.39) < 0.18 || Math.hypot((x - 0.5) / 0.33, (y - 0.98) / 0.34) < 1;
}
