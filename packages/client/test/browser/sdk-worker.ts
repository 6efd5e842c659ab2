import { createClient } from '../../src/index.js';

/** What a worker is asked for. */
export interface Wish {
  url: string;
  identifier: string;
  password: string;
}

// The same script is the page's and that of both kinds of workers: a page has nothing to do.
if (typeof document === 'undefined') {
  globalThis.addEventListener('message', (event) => {
    const { data, ports } = event as MessageEvent<Wish>;
    void walk(data).then((told) => ports[0]?.postMessage(told));
  });
}

/** Signs in, refreshes and signs out. @returns what a listener was told, and the codes of failures */
async function walk({ url, ...credentials }: Wish): Promise<string[]> {
  const { auth } = createClient({ url });
  const told: string[] = [];
  auth.onAuthStateChange((event) => void told.push(event));
  const acts = [
    () => auth.getSession(),
    () => auth.signInWithPassword(credentials),
    () => auth.refresh(),
    () => auth.getUser(),
    () => auth.signOut(),
  ];
  for (const act of acts) {
    const { error } = await act();
    if (error !== null) told.push(error.code);
  }
  return told;
}
