import { derived, get } from 'svelte/store';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { session } from '../../../src/svelte.js';
import { watchedClient } from '../support/watched-client.js';

describe('the session of Svelte', () => {
  afterEach(() => void vi.unstubAllGlobals());

  it('is a store, which others derive from', () => {
    vi.stubGlobal('document', {});
    const { client, tell } = watchedClient();
    const email = derived(session(client), ({ status, user }) => user?.email ?? status);
    const seen: string[] = [];
    const end = email.subscribe((value) => void seen.push(value));
    tell('ada@example.com');
    end();
    tell(null);
    expect(seen).toEqual(['loading', 'ada@example.com']);
    expect(get(session(client)).status).toBe('signed-out');
  });

  it('is loading on a server, where nothing is asked', () => {
    const { client, listeners } = watchedClient();
    expect(get(session(client)).status).toBe('loading');
    expect(listeners).toHaveLength(0);
  });
});
