import type sharp from 'sharp';

export type ImageLibrary = typeof sharp;

let loaded: Promise<ImageLibrary> | undefined;

/** The library that decodes and encodes pictures; loaded with the first of them: it is 16 MB that many a server never needs. */
export function imageLibrary(): Promise<ImageLibrary> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<ImageLibrary> {
  const { default: sharp } = await import('sharp');
  // One upload works on one thread; how many at a time is bounded by the queue.
  sharp.concurrency(1);
  // Pictures are never decoded twice.
  sharp.cache(false);
  // Of the decoders in the library, only those of the three formats can be reached, whatever an upload looks like.
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({ operation: ['VipsForeignLoadPng', 'VipsForeignLoadJpeg', 'VipsForeignLoadWebp'] });
  return sharp;
}
