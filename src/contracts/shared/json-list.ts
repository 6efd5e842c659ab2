import { Readable } from 'node:stream';
import { StreamableFile } from '@nestjs/common';

/** Length of one chunk of text, characters. */
const CHUNK_CHARS = 32 * 1_024;

/**
 * An envelope with a list that may be long: it is written as the items arrive, so that few of them are in memory. The first item is
 * awaited, so that a database failure still gets its own status.
 * @param envelope the object around the list
 * @param key the envelope's member with the list; empty in `envelope`
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

/** The items in the contract's format. */
export async function* mapped<From, To>(items: AsyncIterable<From>, show: (item: From) => To): AsyncGenerator<To, void> {
  for await (const item of items) yield show(item);
}
