/** One event of a stream (HTML Standard §9.2.6), as far as Latchkey sends them. */
export interface ServerSentEvent {
  id: string | undefined;
  event: string | undefined;
  data: string;
}

/** Longest event that is read, characters. */
const MAX_EVENT_CHARS = 65_536;

/** Reads the events of a body until it ends. @throws Error on an event of unreasonable length */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerSentEvent> {
  const decoder = new TextDecoder();
  // By hand: not every runtime can iterate over a stream.
  const reader = body.getReader();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (text + decoder.decode(value, { stream: true })).split('\n\n');
    text = blocks.pop() ?? '';
    if (text.length > MAX_EVENT_CHARS) throw new Error('The stream of revocations sends no events');
    for (const block of blocks) {
      const fields = new Map(
        block.split('\n').map((line) => {
          const colon = line.indexOf(':');
          return [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, '')] as const;
        }),
      );
      const data = fields.get('data');
      if (data !== undefined) yield { id: fields.get('id'), event: fields.get('event'), data };
    }
  }
}
