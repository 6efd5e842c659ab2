import type { RefreshedView, UserView } from '../generated/types.gen.js';
import type { Keeper } from '../keeper.js';
import { parts as partsOf } from '../parts.js';
import { type Result, failed, ok, unexpected } from '../result.js';
import { type Session, toSession } from '../session.js';
import { soon } from '../soon.js';
import { defaultStorage, memoryStorage } from '../storage.js';
import { withTokens } from '../tokens.js';
import { createAuthenticators } from './authenticators.js';
import { createFlow } from './flow.js';
import { createIdentities } from './identities.js';
import { tabStorage } from './places.js';
import { type Flow, createStepUps } from './step-ups.js';
import { createWire } from './wire.js';

/** A client of a browser, an app, or one request of a server that renders pages. */
interface AnyClient<Kept> {
  auth: { getSession(): Promise<Result<{ session: Kept | null }>> };
}

type KeptOf<Client> = Client extends { auth: { getSession(): Promise<infer Answer> } }
  ? Answer extends { error: null; data: { session: infer Kept } }
    ? Extract<Kept, { accessToken: string }>
    : never
  : never;

/** How a client signs in. */
export interface SignInOptions<Kept extends { accessToken: string } = Session> {
  /**
   * Shows a dialog when the server wants a stronger or newer proof than the session has. The refused calls wait, and are repeated once when
   * `signIn` is complete; `signIn.cancel()` lets them fail. A promise that it returns ends together with the dialog.
   */
  onStepUp?: (signIn: Flow<Kept>) => unknown;
}

/** What `withSignIn` adds. */
export interface SignInMethods<Kept extends { accessToken: string } = Session> {
  signIn: Omit<Flow<Kept>, 'adopt'>;
  stepUp: ReturnType<typeof createStepUps<Kept>>;
  authenticators: ReturnType<typeof createAuthenticators>;
  identities: ReturnType<typeof createIdentities>;
}

/**
 * Adds sign-ins with more than a password, step-ups, authenticators and identities to a client, which is given back.
 * @throws TypeError for anything that no function of this package has made
 */
export function withSignIn<Client extends AnyClient<Kept>, Kept extends { accessToken: string } = KeptOf<Client>>(
  client: Client,
  { onStepUp }: SignInOptions<Kept> = {},
): Client & SignInMethods<Kept> {
  const parts = partsOf.get(client);
  if (parts === undefined) throw new TypeError('withSignIn takes what createClient or createServerClient gives.');
  const { plain, api, mode, places } = parts;
  const keeper = parts.keeper as Keeper<Kept>;
  const { url = '' } = places;
  const device = places.device ?? (mode === 'tokens' ? defaultStorage(`latchkey ${url} device`) : memoryStorage());
  const wire = createWire(plain);
  const signIn: Omit<Flow<Kept>, 'adopt'> = createFlow<Kept>({
    wire,
    keeper,
    mode,
    device,
    place: places.signIn ?? tabStorage(`latchkey ${url} sign-in`),
    async accept(tokens, user: UserView | undefined, signal) {
      const good = withTokens<RefreshedView, never>(ok(tokens), mode === 'cookie');
      if (good.error !== null) return failed(good.error);
      if (typeof user?.id !== 'string') return failed(unexpected());
      const kept = await keeper.open(toSession(good.data, user), signal);
      await soon(keeper.ending, signal);
      return kept;
    },
    onChange: () => keeper.listeners?.tell('sign-in'),
  });
  const { onAuthStateChange } = client.auth as {
    onAuthStateChange?: (listener: (event: unknown, session: Session | null) => void) => () => void;
  };
  const watch =
    places.url === undefined || onAuthStateChange === undefined
      ? undefined
      : (listener: (session: { accessToken: string } | null) => void) => onAuthStateChange((_event, session) => listener(session));
  return Object.assign(client, {
    signIn,
    stepUp: createStepUps<Kept>({ parts, wire, device, onStepUp, watch }),
    authenticators: createAuthenticators(api),
    identities: createIdentities(api),
  });
}
