import { describe, expect, it } from 'vitest';
import { sessionStore } from '../../../src/session-state.js';
import { watchedClient } from '../support/watched-client.js';

describe('the store of a session', () => {
  it('is loading until somebody asks and the client knows, then tells each change', () => {
    const { client, listeners, tell } = watchedClient();
    const { subscribe, getSnapshot } = sessionStore(client);
    expect(listeners).toHaveLength(0);
    const seen: string[] = [];
    const end = subscribe(() => seen.push(`${getSnapshot().status} ${getSnapshot().user?.email}`));
    expect(getSnapshot().status).toBe('loading');
    tell('ada@example.com');
    tell(null);
    end();
    tell('ada@example.com');
    expect(seen).toEqual(['signed-in ada@example.com', 'signed-out undefined']);
    expect(getSnapshot().status).toBe('signed-in');
  });

  it('gives the same snapshot until something changes, which React needs', () => {
    const { client, tell } = watchedClient();
    const { subscribe, getSnapshot } = sessionStore(client);
    subscribe(() => {});
    tell('ada@example.com');
    const snapshot = getSnapshot();
    expect(getSnapshot()).toBe(snapshot);
    tell('ada@example.com');
    expect(getSnapshot()).not.toBe(snapshot);
  });

  it('is one for a client, and listens once for all', () => {
    const { client, listeners } = watchedClient();
    expect(sessionStore(client)).toBe(sessionStore(client));
    expect(sessionStore(client)).not.toBe(sessionStore(watchedClient().client));
    const same = (): void => {};
    const ends = [sessionStore(client).subscribe(same), sessionStore(client).subscribe(same)];
    ends[0]?.();
    expect(listeners).toHaveLength(1);
  });
});
