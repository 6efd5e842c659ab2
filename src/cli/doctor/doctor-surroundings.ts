import { hash } from '@node-rs/argon2';
import { createTransport } from 'nodemailer';
import { ARGON2_LANES, ARGON2_MEMORY_KIB, ARGON2_PASSES } from '../../auth/passwords/password-hasher.service.js';
import { type Environment, SettingsError } from '../../config/load-settings.js';
import type { Settings } from '../../config/settings.js';
import { describeError } from '../../jobs/describe-error.js';
import { smtpServer } from '../../mail/smtp.js';
import { SigningKeyRotation } from '../../tokens/signing-keys/signing-key-rotation.service.js';
import { SigningKeyRotationModule } from '../../tokens/signing-keys/signing-key-rotation.module.js';
import type { Check } from './doctor-check.js';
import { withServices } from '../services.js';

/** How long the SMTP server may take for each step, ms. */
const SMTP_MS = 5_000;

const MS_PER_DAY = 86_400_000;

/** Tolerance for the age of a key: nodes check every half minute. */
const LATE_MS = MS_PER_DAY;

/** Number of Argon2id hashes to measure, and the expected range for one, ms. Source: OWASP asks for less than one second. */
const HASHES = 5;
const QUICK_MS = 5;
const SLOW_MS = 500;

/** Shortest sensible prefix of a proxy's address range, bits. */
const MIN_PREFIX = { ipv4: 8, ipv6: 16 };

/** The day on which a line of Node.js stops getting security fixes. Source: the release schedule of nodejs/Release. */
const END_OF_LIFE: Partial<Record<string, string>> = {
  20: '2026-04-30',
  21: '2024-06-01',
  22: '2027-04-30',
  23: '2025-06-01',
  24: '2028-04-30',
  25: '2026-06-01',
};

/**
 * Whether the running Node.js still gets security fixes; a line that is not in the schedule yet counts as maintained.
 * @param version such as `24.22.3`
 * @param now ms since 1970
 */
export function lookAtNode(version = process.versions.node, now = Date.now()): Check {
  const name = 'node';
  const end = END_OF_LIFE[version.split('.')[0] ?? ''];
  if (end === undefined) return { name, state: 'ok', finding: version };
  const month = new Date(end).toLocaleDateString('en', { month: 'long', year: 'numeric', timeZone: 'UTC' });
  if (now < Date.parse(end)) return { name, state: 'ok', finding: `${version}, maintained until ${month}` };
  const advice = 'run Node.js 22 or 24: security holes of this line are no longer mended';
  return { name, state: 'warn', finding: `${version}, past its end of life since ${month}`, advice };
}

/** Connects to the SMTP server as for a mail and signs in if the settings have a login, but sends no mail. */
export async function lookAtMail(settings: Settings): Promise<Check> {
  const { SMTP_URL: url } = settings;
  if (url === undefined) return { name: 'mail', state: 'ok', finding: 'goes to the mailbox at /dev/mail' };
  const transport = createTransport({
    ...smtpServer(url, settings),
    connectionTimeout: SMTP_MS,
    greetingTimeout: SMTP_MS,
    socketTimeout: SMTP_MS,
    dnsTimeout: SMTP_MS,
  });
  const { protocol, host } = new URL(url);
  const place = `${protocol}//${host}`;
  try {
    await transport.verify();
    return { name: 'mail', state: 'ok', finding: `${place} takes mail from here` };
  } catch (error) {
    const advice = 'check SMTP_URL, its user and password, SMTP_TLS and the firewall; mails wait in the outbox meanwhile';
    return { name: 'mail', state: 'fail', finding: `${place}: ${describeError(error)}`, advice };
  } finally {
    transport.close();
  }
}

/** Checks that the signing keys can be read, and that they rotate in time. */
export function lookAtKeys(env: Environment, { SIGNING_KEY_ROTATION_DAYS: days }: Settings): Promise<Check> {
  return withServices(env, [SigningKeyRotationModule], async (services): Promise<Check> => {
    const rotation = services.get(SigningKeyRotation);
    const name = 'keys';
    try {
      await rotation.demandReadable();
    } catch (error) {
      if (!(error instanceof SettingsError)) throw error;
      return { name, state: 'fail', finding: String(error.problems[0]), advice: 'start servers with the APP_SECRET that they had' };
    }
    const current = (await rotation.list()).find(({ state }) => state === 'current');
    if (current === undefined) return { name, state: 'ok', finding: 'none yet; the first server makes them' };
    const ageMs = Date.now() - (current.activatedAt ?? current.createdAt).getTime();
    const finding = `${current.id} signs since ${Math.floor(ageMs / MS_PER_DAY)} days; a new one is due after ${days}`;
    if (ageMs <= days * MS_PER_DAY + LATE_MS) return { name, state: 'ok', finding };
    return { name, state: 'warn', finding, advice: 'servers rotate keys by themselves: is none running? Else: latchkey keys rotate' };
  });
}

/** Checks that the network address of clients is known, for rate limits and the audit log. */
export function lookAtProxies({ NODE_ENV, PUBLIC_URL, TRUSTED_PROXIES: proxies }: Settings): Check {
  const name = 'proxies';
  const wide = proxies.find(isWide);
  if (wide !== undefined) {
    const advice = 'name the addresses of your proxies: whoever is within the range can claim any address, and so escapes throttles';
    return { name, state: 'warn', finding: `${wide} is trusted, which is very wide`, advice };
  }
  if (proxies.length > 0) return { name, state: 'ok', finding: `trusts ${proxies.join(', ')}` };
  // This server speaks plain HTTP: if people reach it by HTTPS, there is a proxy in front.
  if (NODE_ENV === 'production' && PUBLIC_URL?.startsWith('https:') === true) {
    const advice = 'set TRUSTED_PROXIES to its address, or all clients share one network and its throttles';
    return { name, state: 'warn', finding: 'PUBLIC_URL is https, so there is a proxy, and none is trusted', advice };
  }
  return { name, state: 'ok', finding: 'trusts none' };
}

function isWide(range: string): boolean {
  const [address = '', prefix] = range.split('/');
  return prefix !== undefined && Number(prefix) < (address.includes(':') ? MIN_PREFIX.ipv6 : MIN_PREFIX.ipv4);
}

/** Measures the cost of a password hash on this machine. */
export async function lookAtHashes(): Promise<Check> {
  const options = { memoryCost: ARGON2_MEMORY_KIB, timeCost: ARGON2_PASSES, parallelism: ARGON2_LANES };
  const times: number[] = [];
  for (let round = 0; round < HASHES; round += 1) {
    const start = performance.now();
    await hash('how long does this take here', options);
    times.push(performance.now() - start);
  }
  const ms = times.toSorted((a, b) => a - b)[Math.floor(HASHES / 2)] ?? 0;
  const finding = `${ms.toFixed(0)} ms each, so ${Math.floor(1_000 / ms)} sign-ins per second and core`;
  if (ms > SLOW_MS) return { name: 'hashes', state: 'warn', finding, advice: 'this machine is slow or busy: sign-ins will queue' };
  if (ms < QUICK_MS)
    return {
      name: 'hashes',
      state: 'warn',
      finding,
      advice: 'so quick a machine helps who guesses, too: hold stolen hashes for guessable',
    };
  return { name: 'hashes', state: 'ok', finding };
}
