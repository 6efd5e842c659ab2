import type { Session } from './session.js';

/** What tabs tell each other: which session is in place, and the ids of those that are no more. `ask` is answered with the session. */
export type Message = { kind: 'ask' } | { kind: 'state'; session: Session | null; left: string[] };

/**
 * What tells tabs of each other's doings: messages where the browser has them, and the events of `localStorage`. Without a name, or
 * where a browser forbids both, it is silent.
 */
export class TabChannel {
  private readonly channel: BroadcastChannel | undefined;

  /** @param onStored called when another tab has written to the storage */
  constructor(name: string | undefined, onMessage: (message: Message) => void, onStored: () => void) {
    if (name === undefined) return;
    globalThis.addEventListener?.('storage', ({ key }) => {
      if (key === name) onStored();
    });
    try {
      this.channel = new BroadcastChannel(`latchkey:${name}:events`);
    } catch {
      // Missing, or forbidden as in a sandboxed frame.
      return;
    }
    this.channel.onmessage = ({ data }: MessageEvent<Message>): void => onMessage(data);
    // Node.js would stay alive for it.
    (this.channel as { unref?: () => void }).unref?.();
  }

  get isOpen(): boolean {
    return this.channel !== undefined;
  }

  /** Tokens that can be spent are not told: other tabs find them in the storage. */
  post(message: Message): void {
    const isState = message.kind === 'state' && message.session !== null;
    this.channel?.postMessage(
      isState ? { ...message, session: { ...message.session, refreshToken: undefined, attemptKey: undefined } } : message,
    );
  }
}
