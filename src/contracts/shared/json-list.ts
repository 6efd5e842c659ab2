import { Readable } from 'node:stream';
import { StreamableFile } from '@nestjs/common';

/** Text that is handed on at once, characters. */
const CHUNK_CHARS = 32 * 1_024;

/**
 * An envelope with a list that may be long: written as the items come, so that few of them are held in memory. The first item is
 * awaited, so that a database that does not answer is still a failure with a status of its own.
 * @param envelope what is around the list
 * @param key the envelope's member that is the list; given as an empty one
 */
export async function jsonList<Key extends string>(
  envelope: Record<Key, readonly never[]> & Record<string, unknown>,
  key: Key,
  items: AsyncIterable<object>,
): Promise<StreamableFile> {
  const empty = `${JSON.stringify(key)}:[]`;
  const text = JSON.stringify(envelope);
  const at = text.indexOf(empty) + empty.length - 1;
  const iterator = items[Symbol.asyncIterator]();
  const first = await iterator.next();

  async function* write(): AsyncGenerator<string, void> {
    let chunk = text.slice(0, at);
    try {
      for (let item = first, separator = ''; item.done !== true; item = await iterator.next(), separator = ',') {
        chunk += separator + JSON.stringify(item.value);
        if (chunk.length < CHUNK_CHARS) continue;
        yield chunk;
        chunk = '';
      }
      yield chunk + text.slice(at);
    } finally {
      await iterator.return?.();
    }
  }
  return new StreamableFile(Readable.from(write(), { objectMode: false }), { type: 'application/json; charset=utf-8' });
}

/** The items, each as a contract shows it. */
export async function* mapped<From, To>(items: AsyncIterable<From>, show: (item: From) => To): AsyncGenerator<To, void> {
  for await (const item of items) yield show(item);
}
