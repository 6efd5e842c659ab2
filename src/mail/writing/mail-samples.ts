import type { Catalogue } from '../../common/catalogue.js';
import type { MailKind } from '../../common/declared.js';
import type { MailParams } from '../mail.entity.js';
import type { MailContext } from '../mail-context.js';
import type { MailLink, MailWriter } from './mail-writer.js';

const DIGITS = '04821356';
const TOKEN = 'AZqfPmwbfD6m0F8PbzsaEUu1mH8pWc4v';
const SENT_AT = new Date('2026-03-01T09:30:00Z');

/** What a mail is like that differs from most. */
export interface SampleVariant {
  /** `false`: as a reader gets it who has not proven the address. */
  withLink?: boolean;
  /** Null: of an account without a name. */
  firstName?: string | null;
}

/** A mail of each kind with invented values, made from what the capabilities declare, so that none can be forgotten. */
export class MailSamples {
  constructor(
    private readonly catalogue: Pick<Catalogue, 'mails' | 'purposes'>,
    private readonly writer: MailWriter,
    private readonly publicUrl: string,
  ) {}

  get kinds(): readonly MailKind[] {
    return [...this.catalogue.mails.keys()];
  }

  /** @param locale a BCP 47 tag */
  sample(kind: MailKind, locale: string, { withLink = true, firstName = 'Ada' }: SampleVariant = {}): MailContext {
    const params = {
      firstName,
      device: { program: 'Firefox', system: 'Linux' },
      ip: '192.0.2.7',
      about: this.rowOf(kind).about ?? null,
    };
    const mail = { kind, locale, createdAt: SENT_AT, params: params satisfies MailParams };
    return this.writer.write(mail, withLink ? this.linkOf(kind) : null);
  }

  private linkOf(kind: MailKind): MailLink | null {
    const { carriesSecrets, notMe } = this.rowOf(kind);
    if (carriesSecrets === false) return null;
    const purposes = Object.entries(this.catalogue.purposes);
    const [, purpose] = purposes.find(([name, { mail }]) => mail === kind || name === notMe) ?? [];
    return {
      code: DIGITS.slice(0, purpose?.codeDigits ?? 6),
      link: `${this.publicUrl}${purpose?.page ?? '/account'}?token=${TOKEN}`,
      lifetimeMs: (purpose?.ttlSeconds ?? 3_600) * 1_000,
    };
  }

  private rowOf(kind: MailKind) {
    const row = this.catalogue.mails.get(kind);
    if (row === undefined) throw new Error(`There is no mail ${kind}`);
    return row;
  }
}
