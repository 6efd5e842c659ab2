import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { idFromBytes, idToBytes } from '../../common/ids.js';
import { Secrets } from '../../config/secrets.js';

const PREFIX = 'lkg_';
const FORM = /^lkg_[\w-]{64}$/;
const ID_BYTES = 16;
const SECRET_ID_BYTES = 6;
const MAC_OFFSET = ID_BYTES + SECRET_ID_BYTES;
/** 208 bits: the total is then a multiple of three bytes, so each grant has exactly one base64url spelling. */
const MAC_BYTES = 26;

/**
 * Grants for password resets, for contracts whose second step identifies the first. A grant only identifies the mail with the code: without
 * the code it is useless, it cannot be used to test codes, and it expires with the code. If there was no mail, the grant contains an unused
 * id; clients cannot see the difference.
 *
 * A grant consists of the id of the challenge, the id of the root secret, and an HMAC-SHA-256 of both with a key of its own.
 */
@Injectable()
export class PasswordResetGrants {
  constructor(private readonly secrets: Secrets) {}

  write(challengeId: string): string {
    const head = Buffer.concat([idToBytes(challengeId), Buffer.from(this.secrets.currentId, 'base64url')]);
    return PREFIX + Buffer.concat([head, this.sign(head, this.secrets.currentId)]).toString('base64url');
  }

  /** The challenge that a grant identifies; null if this server did not make it. */
  read(grant: string): string | null {
    if (!FORM.test(grant)) return null;
    const bytes = Buffer.from(grant.slice(PREFIX.length), 'base64url');
    const head = bytes.subarray(0, MAC_OFFSET);
    const secretId = head.subarray(ID_BYTES).toString('base64url');
    if (!this.secrets.knows(secretId) || !timingSafeEqual(bytes.subarray(MAC_OFFSET), this.sign(head, secretId))) return null;
    return idFromBytes(head.subarray(0, ID_BYTES));
  }

  private sign(head: Buffer, secretId: string): Buffer {
    return this.secrets.mac('reset-grants', head, secretId).subarray(0, MAC_BYTES);
  }
}
