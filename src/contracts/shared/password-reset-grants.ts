import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { idFromBytes, idToBytes } from '../../common/ids.js';
import { Secrets } from '../../config/secrets.js';

const PREFIX = 'lkg_';
const FORM = /^lkg_[\w-]{64}$/;
const ID_BYTES = 16;
const SECRET_ID_BYTES = 6;
const MAC_OFFSET = ID_BYTES + SECRET_ID_BYTES;
/** 208 bits: the whole then is a multiple of three bytes, and has one spelling only. */
const MAC_BYTES = 26;

/**
 * Grants: what the asker for a reset can be handed at once, for wire formats whose second step has to name the first. A grant says
 * which mail the code is in and nothing else. It opens nothing without that code, no code can be tested with it, and it dies with
 * the code. Where there was no mail to send, a grant is written over an id that nothing has; from outside the two look alike.
 *
 * It is the id of the challenge, the id of the root secret, and an HMAC-SHA-256 of both under a key of its own.
 */
@Injectable()
export class PasswordResetGrants {
  constructor(private readonly secrets: Secrets) {}

  write(challengeId: string): string {
    const head = Buffer.concat([idToBytes(challengeId), Buffer.from(this.secrets.currentId, 'base64url')]);
    return PREFIX + Buffer.concat([head, this.sign(head, this.secrets.currentId)]).toString('base64url');
  }

  /** The challenge that a grant names; null unless this server wrote it. */
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
