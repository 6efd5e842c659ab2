import type { Capability } from './common/capability.js';
import type { Declared } from './common/declared.js';
import { config } from './config/config.capability.js';
import { http } from './http/http.capability.js';
import { database } from './database/database.capability.js';
import { throttling } from './throttling/throttling.capability.js';
import { outbound } from './outbound/outbound.capability.js';
import { storage } from './storage/storage.capability.js';
import { languages } from './languages/languages.capability.js';
import { look } from './look/look.capability.js';
import { health } from './health/health.capability.js';
import { metrics } from './metrics/metrics.capability.js';
import { audit } from './audit/audit.capability.js';
import { jobs } from './jobs/jobs.capability.js';
import { idempotency } from './idempotency/idempotency.capability.js';
import { claims } from './claims/claims.capability.js';
import { hooks } from './hooks/hooks.capability.js';
import { mail } from './mail/mail.capability.js';
import { dkim } from './mail/dkim/dkim.capability.js';
import { mailPreview } from './mail/preview/preview.capability.js';
import { mailReports } from './mail/reports/reports.capability.js';
import { sms } from './sms/sms.capability.js';
import { users } from './users/users.capability.js';
import { avatars } from './avatars/avatars.capability.js';
import { challenges } from './tokens/challenges/challenges.capability.js';
import { signingKeys } from './tokens/signing-keys/signing-keys.capability.js';
import { accessTokens } from './tokens/access-tokens/access-tokens.capability.js';
import { sessions } from './tokens/sessions/sessions.capability.js';
import { access } from './tokens/access/access.capability.js';
import { oauth } from './tokens/oauth/oauth.capability.js';
import { mailedChallenges } from './auth/challenges/mailed-challenges.capability.js';
import { legacy } from './auth/legacy/legacy.capability.js';
import { breaches } from './auth/breaches/breaches.capability.js';
import { proofOfWork } from './auth/proof-of-work/proof-of-work.capability.js';
import { devices } from './auth/devices/devices.capability.js';
import { admission } from './auth/admission/admission.capability.js';
import { providers } from './auth/providers/providers.capability.js';
import { identities } from './auth/identities/identities.capability.js';
import { authenticators } from './auth/authenticators/authenticators.capability.js';
import { passwords } from './auth/passwords/passwords.capability.js';
import { passwordReset } from './auth/password-reset/password-reset.capability.js';
import { lostFactors } from './auth/lost-factors/lost-factors.capability.js';
import { contacts } from './auth/contacts/contacts.capability.js';
import { account } from './auth/account/account.capability.js';
import { registration } from './auth/registration/registration.capability.js';
import { signedIn } from './auth/signed-in/signed-in.capability.js';
import { invitations } from './auth/invitations/invitations.capability.js';
import { signIn } from './auth/sign-in/sign-in.capability.js';
import { password } from './auth/factors/password/password.capability.js';
import { signInCodes } from './auth/sign-in-codes/sign-in-codes.capability.js';
import { emailCode } from './auth/factors/email-code/email-code.capability.js';
import { smsCode } from './auth/factors/sms-code/sms-code.capability.js';
import { totp } from './auth/factors/totp/totp.capability.js';
import { recoveryCodes } from './auth/factors/recovery-codes/recovery-codes.capability.js';
import { webauthn } from './auth/webauthn/webauthn.capability.js';
import { passkeys } from './auth/factors/passkeys/passkeys.capability.js';
import { federation } from './auth/factors/federation/federation.capability.js';
import { disavowal } from './auth/disavowal/disavowal.capability.js';
import { administration } from './administration/administration.capability.js';
import { books } from './books/books.capability.js';
import { webhooks } from './webhooks/webhooks.capability.js';
import { overrides } from './languages/overrides/overrides.capability.js';
import { pages } from './pages/pages.capability.js';
import { sdk } from './sdk/sdk.capability.js';
import { openapi } from './openapi/openapi.capability.js';
import { contracts } from './contracts/contracts.capability.js';
import { Catalogue, rowsOf } from './common/catalogue.js';

/**
 * Everything that this server can do, in the order of the documentation. A new capability is its folder and a line here; one that is
 * declared in a folder and missing here does not compile.
 */
const ALL = {
  config,
  http,
  database,
  throttling,
  outbound,
  storage,
  languages,
  look,
  health,
  metrics,
  audit,
  jobs,
  idempotency,
  claims,
  hooks,
  mail,
  dkim,
  mailPreview,
  mailReports,
  sms,
  users,
  avatars,
  challenges,
  signingKeys,
  accessTokens,
  sessions,
  access,
  oauth,
  mailedChallenges,
  legacy,
  breaches,
  proofOfWork,
  admission,
  devices,
  authenticators,
  providers,
  identities,
  passwords,
  passwordReset,
  lostFactors,
  contacts,
  account,
  registration,
  invitations,
  signedIn,
  signIn,
  password,
  signInCodes,
  emailCode,
  smsCode,
  totp,
  recoveryCodes,
  webauthn,
  passkeys,
  federation,
  disavowal,
  administration,
  books,
  webhooks,
  overrides,
  pages,
  sdk,
  openapi,
  contracts,
} satisfies Record<keyof Declared, Capability>;

export const CAPABILITIES: readonly Capability[] = Object.values(ALL);

export const CATALOGUE = new Catalogue(CAPABILITIES);

/** Every setting, in the order of the README's table. */
export const SETTINGS = rowsOf(CAPABILITIES, 'settings');

/** All migrations, oldest first. TypeORM takes the last 13 digits of a class for a time: 9000 is 9000000000000, and 10000 is 9010000000000. */
export const MIGRATIONS = CAPABILITIES.flatMap(({ migrations = [] }) => migrations).toSorted((a, b) => timeOf(a.name) - timeOf(b.name));

function timeOf(name: string): number {
  return Number(name.slice(-13));
}
