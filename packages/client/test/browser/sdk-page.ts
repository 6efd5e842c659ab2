import { createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { type AuthEvent, type SessionMode, createClient } from '../../src/index.js';
import { useSession } from '../../src/react.js';

/** What the test finds in the page. */
export interface SdkPage {
  client: ReturnType<typeof createClient>;
  events: AuthEvent[];
}

const asked = new URLSearchParams(location.search);
const client = createClient({ url: String(asked.get('api')), mode: asked.get('mode') as SessionMode });
const events: AuthEvent[] = [];
client.auth.onAuthStateChange((event) => void events.push(event));

function Who() {
  const { status, user } = useSession(client);
  return createElement('h1', {}, user === null ? status : `${status} as ${user.email}`);
}

const root = document.createElement('main');
document.body.append(root);
createRoot(root).render(createElement(Who));
Object.assign(globalThis, { sdk: { client, events } satisfies SdkPage });
