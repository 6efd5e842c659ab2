import { Injectable } from '@nestjs/common';

/** What a mail carries and no table holds. */
export interface ResolvedSecrets {
  /** Six digits. */
  code: string;
  /** Absolute URL, built from configuration. */
  link: string;
  expiresAt: Date;
}

/** Derives the code and link of a mail at the moment it is sent. Implemented where codes are made. */
export abstract class MailSecrets {
  /** `null` when the challenge is expired, used, superseded or gone: the mail is dropped. */
  abstract resolve(challengeId: string): Promise<ResolvedSecrets | null>;
}

/** Where the module that makes codes introduces itself; mail knows none of it. */
@Injectable()
export class MailSecretsRegistry extends MailSecrets {
  private source: MailSecrets | undefined;

  /** Call in a constructor or `onModuleInit`: delivery starts after those. */
  resolveWith(source: MailSecrets): void {
    this.source = source;
  }

  /** @throws Error when nobody has introduced themselves; the mail stays queued */
  override resolve(challengeId: string): Promise<ResolvedSecrets | null> {
    if (this.source === undefined) throw new Error('No module has registered to derive codes and links');
    return this.source.resolve(challengeId);
  }
}
