import type { SignedInApi } from './http.js';
import type { Keeper } from './keeper.js';
import type { Api } from './operation.js';
import type { SessionMode } from './rotation.js';
import type { SessionStorage } from './storage.js';

/** Where an open sign-in and the token of a remembered device are kept; by the address of the server, where a browser keeps them. */
export interface Places {
  url?: string;
  signIn?: SessionStorage;
  device?: SessionStorage;
}

/** The parts of a client that `withSignIn` builds on. */
export interface Parts {
  plain: Api;
  api: SignedInApi;
  // eslint-disable-next-line typescript/no-explicit-any -- one of two kinds, which the type of the client tells
  keeper: Keeper<any>;
  mode: SessionMode;
  places: Places;
}

/** Beside the clients, so that apps neither see nor pay for what they do not use. */
export const parts = new WeakMap<object, Parts>();
