import type { Settings } from '../config/settings.js';

/** The fields of nodemailer's errors that this file reads. */
interface SmtpError {
  responseCode?: number;
  command?: string;
  response?: string;
}

/** Options of nodemailer in the query of `SMTP_URL` that would undo `SMTP_TLS`; nodemailer prefers the URL. */
const TLS_OPTIONS = ['requireTLS', 'ignoreTLS', 'opportunisticTLS', 'secure'];

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i;

/** The options of `SMTP_URL`'s query that contradict `SMTP_TLS`. */
export function tlsOptionsIn(smtpUrl: string): string[] {
  return TLS_OPTIONS.filter((name) => new URL(smtpUrl).searchParams.has(name));
}

/**
 * The server of `SMTP_URL` for nodemailer, with `SMTP_TLS`. A server that offers no STARTTLS gets no password unless that is asked for: an
 * attacker in between can remove the offer (RFC 3207 §6).
 */
export function smtpServer(url: string, { SMTP_TLS: tls }: Pick<Settings, 'SMTP_TLS'>): { url: string; requireTLS: boolean } {
  const { hostname, username, password } = new URL(url);
  const sendsPassword = username !== '' || password !== '';
  return { url, requireTLS: tls === 'required' || (tls === 'auto' && sendsPassword && !LOOPBACK.test(hostname)) };
}

/** "Mailbox full": RFC 5321 §4.5.3.1.10 tells senders to treat it like 452, a temporary state. */
const MAILBOX_FULL = 552;

/**
 * Whether the server refused this mail permanently. Only its answers to the recipient and to the content count: a refused login or sender
 * is our own misconfiguration, which the operator can correct while the mail waits.
 */
export function isPermanent(error: unknown): boolean {
  const { responseCode = 0, command, response = '' } = (error ?? {}) as SmtpError;
  if (command !== 'RCPT TO' && command !== 'DATA') return false;
  // An enhanced status code of class 4 is more precise (RFC 3463 §2).
  return responseCode >= 500 && responseCode < 600 && responseCode !== MAILBOX_FULL && !/^\d{3}[ -]4\.\d+\.\d+/.test(response);
}

/** One mailbox, as `local@domain`, without characters that end or group addresses in a header or an SMTP command (RFC 5321 §4.1.2). */
const MAILBOX = /^[^\s\p{Cc}\p{Cf}"(),:;<>@[\\\]]{1,64}@[^\s\p{Cc}\p{Cf}"(),:;<>@[\\\]]{1,255}$/u;

/** Whether `address` is exactly one mailbox. */
export function isOneMailbox(address: string): boolean {
  return MAILBOX.test(address);
}

const FIRST_DELAY_SECONDS = 5;
const MAX_DELAY_SECONDS = 300;

/** Seconds until the next attempt: 5, 10, 20 … 300, each ± 25 %, so that the mails of one outage are not all retried at once. */
export function retryDelaySeconds(attempts: number, random: number = Math.random()): number {
  const delay = Math.min(MAX_DELAY_SECONDS, FIRST_DELAY_SECONDS * 2 ** Math.min(attempts - 1, 20));
  return delay * (0.75 + random / 2);
}
