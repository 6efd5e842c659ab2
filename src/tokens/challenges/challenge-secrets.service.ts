import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { idFromBytes, idToBytes, newId } from '../../common/ids.js';
import type { ChallengePurpose } from '../../common/declared.js';
import { Secrets } from '../../config/secrets.js';
import { customerOf } from '../../throttling/client-network.js';
import type { StoredChallenge } from './challenges.repository.js';

/** Of a network, as it is kept. */
const ASKER_BYTES = 16;
/** Of an address and a purpose, as they are kept where wrong codes are counted. */
const TALLY_BYTES = 16;
const ID_BYTES = 16;
/** 192 bits. */
const LINK_MAC_BYTES = 24;
const LINK_TOKEN = /^[\w-]{54}$/;

/** What the secrets of a challenge are derived from. */
type Source = Pick<StoredChallenge, 'id' | 'secretId'>;

/**
 * The code and the link of a challenge. Both are derived by HMAC from its id, so neither a row nor a queued mail holds them; a code is
 * compared by its keyed HMAC.
 */
@Injectable()
export class ChallengeSecrets {
  constructor(private readonly secrets: Secrets) {}

  /** Id and code of a new challenge, under the current secret. */
  make(codeDigits: number): Source & Pick<StoredChallenge, 'codeMac' | 'codeDigits'> {
    const source = { id: newId(), secretId: this.secrets.currentId };
    return { ...source, codeDigits, codeMac: this.codeMac(source, this.codeOf({ ...source, codeDigits })) };
  }

  /** Code and link of a challenge; null if this server does not have the secret that they were made with. */
  reveal(challenge: Source & Pick<StoredChallenge, 'codeDigits'>): { code: string; token: string } | null {
    if (!this.secrets.knows(challenge.secretId)) return null;
    return { code: this.codeOf(challenge), token: this.tokenOf(challenge) };
  }

  /** The id in the token of a link, which proves nothing; null for what cannot be one. */
  idIn(token: string): string | null {
    return LINK_TOKEN.test(token) ? idFromBytes(Buffer.from(token, 'base64url').subarray(0, ID_BYTES)) : null;
  }

  isTokenOf(challenge: Source, token: string): boolean {
    return this.secrets.knows(challenge.secretId) && sameBytes(Buffer.from(token), Buffer.from(this.tokenOf(challenge)));
  }

  isCodeOf(challenge: Source & Pick<StoredChallenge, 'codeMac'>, code: string): boolean {
    return this.secrets.knows(challenge.secretId) && sameBytes(challenge.codeMac, this.codeMac(challenge, code));
  }

  /** The network of an address, in a form that tells nobody which it is. */
  askerOf(ip: string): Buffer {
    return this.secrets.mac('challenge-askers', customerOf(ip)).subarray(0, ASKER_BYTES);
  }

  /**
   * Where wrong codes for an address or number and a purpose are counted, in a form that does not tell the address: the count has to outlive
   * the account, whose address must not.
   */
  tallyOf(purpose: ChallengePurpose, address: string): Buffer {
    return this.secrets.mac('challenge-tallies', `${purpose}:${address.trim().toLowerCase()}`).subarray(0, TALLY_BYTES);
  }

  private codeOf({ id, secretId, codeDigits }: Source & Pick<StoredChallenge, 'codeDigits'>): string {
    // 64 bits modulo 10^8: the bias is below 10^-11.
    const number = this.secrets.mac('challenge-codes', id, secretId).readBigUInt64BE() % 10n ** BigInt(codeDigits);
    return String(number).padStart(codeDigits, '0');
  }

  private tokenOf({ id, secretId }: Source): string {
    const mac = this.secrets.mac('challenge-links', id, secretId).subarray(0, LINK_MAC_BYTES);
    return Buffer.concat([idToBytes(id), mac]).toString('base64url');
  }

  private codeMac({ id, secretId }: Source, code: string): Buffer {
    return this.secrets.mac('challenge-verifiers', `${id}:${code}`, secretId);
  }
}

function sameBytes(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
