import { type IncomingMessage, get } from 'node:http';
import { TOLD_MS, poll } from './poll.js';

/** One server-sent event. */
export interface ServerSentEvent {
  id: string | undefined;
  event: string | undefined;
  // eslint-disable-next-line no-explicit-any -- tests look into data of every shape
  data: any;
}

/** Follows a stream of server-sent events. */
export class EventStream {
  readonly events: ServerSentEvent[] = [];
  /** Whether the server ended the stream. */
  ended = false;

  private constructor(readonly response: IncomingMessage) {}

  static async open(url: string, headers: Record<string, string> = {}): Promise<EventStream> {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      get(url, { headers, agent: false }, resolve).on('error', reject);
    });
    const stream = new EventStream(response);
    void stream.read();
    return stream;
  }

  /** The first event that passes `test`, not counting the first `skip` ones. */
  find(what: string, test: (event: ServerSentEvent) => boolean, { skip = 0 }: { skip?: number } = {}): Promise<ServerSentEvent> {
    return poll(what, () => this.events.slice(skip).find(test), TOLD_MS);
  }

  close(): void {
    this.response.destroy();
  }

  private async read(): Promise<void> {
    let text = '';
    try {
      for await (const bytes of this.response) {
        text += String(bytes);
        const blocks = text.split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) this.add(block);
      }
    } catch {
      // The test closed the stream, or the server cut it.
    }
    this.ended = true;
  }

  private add(block: string): void {
    const fields = new Map(block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)] as const));
    if (!fields.has('data')) return;
    this.events.push({
      id: fields.get('id'),
      event: fields.get('event'),
      data: JSON.parse(String(fields.get('data'))),
    });
  }
}
