import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { useSession } from '../../../src/react.js';
import { sessionStore } from '../../../src/session-state.js';
import { watchedClient } from '../support/watched-client.js';

// In a browser: test/browser/client.browser-spec.ts.
describe('useSession of React', () => {
  it('is loading on a server, whatever the client knows', () => {
    const { client, tell } = watchedClient();
    sessionStore(client).subscribe(() => {});
    tell('ada@example.com');
    const Who = () => createElement('p', {}, useSession(client).status);
    expect(renderToString(createElement(Who))).toBe('<p>loading</p>');
  });
});
