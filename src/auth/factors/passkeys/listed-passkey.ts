import type { Passkey } from './passkey.entity.js';

/** A passkey as its owner sees it. */
export interface ListedPasskey extends Passkey {
  name: string;
  createdAt: Date;
  lastUsedAt: Date | null;
}
