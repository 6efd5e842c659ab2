import { Injectable } from '@nestjs/common';

/** The secrets of a mail, which no table stores. */
export interface ResolvedSecrets {
  /** Six or eight digits. */
  code: string;
  /** Absolute URL, built from the settings. */
  link: string;
  expiresAt: Date;
}

/** Derives the code and link of a mail when it is sent. The room that creates codes implements it. */
export abstract class MailSecrets {
  /** `null` if the challenge is expired, used, superseded or deleted; the mail is then dropped. */
  abstract resolve(challengeId: string): Promise<ResolvedSecrets | null>;
}

/** Registry for the rooms that create codes; mail does not know them. */
@Injectable()
export class MailSecretsRegistry extends MailSecrets {
  private readonly sources: MailSecrets[] = [];

  /** Call it in a constructor or `onModuleInit`: delivery starts after those. */
  resolveWith(source: MailSecrets): void {
    this.sources.push(source);
  }

  /** @throws Error if no room has registered; the mail stays queued */
  override async resolve(challengeId: string): Promise<ResolvedSecrets | null> {
    if (this.sources.length === 0) throw new Error('No module has registered to derive codes and links');
    for (const source of this.sources) {
      const secrets = await source.resolve(challengeId);
      if (secrets !== null) return secrets;
    }
    return null;
  }
}
