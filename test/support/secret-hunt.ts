import type { ReceivedMail } from './mailbox.js';
import type { Answer, TestApp } from './start-app.js';

/** Collects secrets that were issued or entered, and searches texts that must not contain them. */
export class SecretHunt {
  private readonly secrets = new Map<string, string>();

  add(name: string, secret: string): void {
    this.secrets.set(name, secret);
  }

  addSession(name: string, { accessToken, refreshToken }: { accessToken: string; refreshToken: string }): void {
    this.add(`${name}: access token`, accessToken);
    // The signature alone is as sensitive as the whole token: an attacker could attach it to the token's other parts.
    this.add(`${name}: signature`, String(accessToken.split('.')[2]));
    this.add(`${name}: refresh token`, refreshToken);
    this.add(`${name}: end of the refresh token`, refreshToken.slice(-43));
  }

  addMail(name: string, { code, token }: ReceivedMail): void {
    if (code !== null) this.add(`${name}: code`, code);
    if (token === '') return;
    this.add(`${name}: link`, token);
    this.add(`${name}: end of the link`, token.slice(-32));
  }

  /** Names of the secrets that a text contains. */
  foundIn(text: string): string[] {
    return [...this.secrets].filter(([, secret]) => contains(text, secret)).map(([name]) => name);
  }

  get size(): number {
    return this.secrets.size;
  }
}

/** Makes the server fail during the request of `act`. */
export async function breaking(app: TestApp, act: () => Promise<Answer>): Promise<void> {
  await app.rows('ALTER TABLE audit_events RENAME TO audit_events_away');
  const { status, text } = await act();
  await app.rows('ALTER TABLE audit_events_away RENAME TO audit_events');
  if (status !== 500) throw new Error(`It was to fail, and answered ${status} ${text}`);
}

/** Whether a text contains a secret. Six to eight digits only count if they are not part of a longer number or identifier. */
function contains(text: string, secret: string): boolean {
  return /^\d{6,8}$/.test(secret) ? new RegExp(String.raw`(?<![\w.:+-])${secret}(?![\w.:-])`).test(text) : text.includes(secret);
}
