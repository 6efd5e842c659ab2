import { AUTH0 } from './auth0.js';
import { BETTER_AUTH } from './better-auth.js';
import { COGNITO } from './cognito.js';
import { DJANGO } from './django.js';
import { FIREBASE } from './firebase.js';
import { KEYCLOAK } from './keycloak.js';
import type { Peer } from './peer.js';
import { SUPABASE } from './supabase.js';
import { WORDPRESS } from './wordpress.js';

/** The systems of `--from`. */
export const PEER_NAMES = ['firebase', 'auth0', 'keycloak', 'supabase', 'cognito', 'django', 'wordpress', 'better-auth'] as const;
export type PeerName = (typeof PEER_NAMES)[number];

/** What is known of each. A new one is a file of its own, a line here and a page in `docs/moving-over/`. */
export const PEERS = {
  firebase: FIREBASE,
  auth0: AUTH0,
  keycloak: KEYCLOAK,
  supabase: SUPABASE,
  cognito: COGNITO,
  django: DJANGO,
  wordpress: WORDPRESS,
  'better-auth': BETTER_AUTH,
} as const satisfies Record<PeerName, Peer>;
