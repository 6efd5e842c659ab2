import type sharp from 'sharp';

export type ImageLibrary = typeof sharp;

let loaded: Promise<ImageLibrary> | undefined;

/**
 * The library that decodes and encodes pictures. It is loaded with the first picture, because it takes 16 MB that many servers never need.
 */
export function imageLibrary(): Promise<ImageLibrary> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<ImageLibrary> {
  const { default: sharp } = await import('sharp');
  // Each upload uses one thread; the queue limits the number of uploads at the same time.
  sharp.concurrency(1);
  // No cache, because no picture is decoded twice.
  sharp.cache(false);
  // Uploads can reach only the library's decoders for the three formats.
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({ operation: ['VipsForeignLoadPng', 'VipsForeignLoadJpeg', 'VipsForeignLoadWebp'] });
  return sharp;
}
