import type { KnownProvider } from '../../../auth/providers/known-providers.service.js';
import { PRESET_ROWS } from '../../../auth/providers/presets.js';
import type { PresetName } from '../../../auth/providers/provider.js';
import { readTime } from '../../../users/transfer/account-record.js';
import type { Fault } from '../account-check.js';
import type { Note } from '../import-notes.js';
import { IDENTITIES } from '../user-file.js';
import type { CarriedIdentity } from './carried-identities.js';

type Fields = Readonly<Record<string, unknown>>;

/** As many as an account may have. */
const MAX_IDENTITIES = 20;
/** As long as what a provider tells at a sign-in may be. */
const MAX_SUBJECT_CHARS = 255;
const MAX_EMAIL_CHARS = 254;
const MAX_NAME_CHARS = 60;

/** The providers of this installation, and which of them stand for names of another system. */
export interface ProviderNames {
  known: readonly KnownProvider[];
  /** By name in the other system. */
  mapped: ReadonlyMap<string, KnownProvider>;
}

/** What the member `identities` of a record says. */
export interface ReadIdentities {
  carried: CarriedIdentity[];
  notes: Note[];
  faults: Fault[];
}

/**
 * Reads the member `identities` of a record: a list of objects with `provider`, `issuer` and `subject`, or, from another system, with the name
 * of a `preset` in place of the issuer. An address is only kept as what the provider told last: it links nothing.
 */
export function readIdentities(member: unknown, names: ProviderNames): ReadIdentities {
  const read: ReadIdentities = { carried: [], notes: [], faults: [] };
  const fault = (field: string, rule: string, detail: string): void => {
    read.faults.push({ field: `${IDENTITIES}${field}`, rule, detail });
  };
  if (!Array.isArray(member) || member.length > MAX_IDENTITIES) {
    fault('', 'identities.list', `This must be a list of at most ${MAX_IDENTITIES} identities.`);
    return read;
  }
  for (const [index, each] of member.entries()) {
    const { provider, preset, issuer, subject, email, emailVerified, createdAt, lastUsedAt } = toFields(each);
    if (typeof provider !== 'string' || provider === '' || !provider.isWellFormed()) {
      fault(`/${index}/provider`, 'required', 'This must be the slug of a provider.');
      continue;
    }
    const label = provider.slice(0, MAX_NAME_CHARS);
    if (!isSubject(subject)) {
      fault(
        `/${index}/subject`,
        'identity.subject',
        `This must be what the provider calls its user, at most ${MAX_SUBJECT_CHARS} characters.`,
      );
      read.notes.push({ kind: 'identity.left_out', about: `${label}: without a usable id` });
      continue;
    }
    const found = find(names, { provider, preset, issuer });
    if (typeof found === 'string') {
      read.notes.push({ kind: 'identity.left_out', about: found === '' ? label : `${label}: ${found}` });
      continue;
    }
    const times = Object.entries({ createdAt, lastUsedAt }).map(([name, time]) => {
      const at = typeof time === 'string' ? readTime(time) : null;
      if (time !== undefined && time !== null && at === null)
        fault(`/${index}/${name}`, 'isTime', 'This must be a time such as 2024-05-31T12:00:00Z, with its offset.');
      return at;
    });
    read.carried.push({
      providerId: found.id,
      provider: found.slug,
      issuer: found.issuer,
      subject,
      email: isAddress(email) ? email : null,
      emailVerified: emailVerified === true && isAddress(email),
      createdAt: times[0] ?? null,
      lastUsedAt: times[1] ?? null,
    });
  }
  return read;
}

/** The provider here; or why there is none, empty where none of its kind is set up. */
function find({ known, mapped }: ProviderNames, { provider, preset, issuer }: Fields & { provider: string }): KnownProvider | string {
  const named = mapped.get(provider);
  if (named !== undefined) return named;
  if (issuer !== undefined) {
    const same = known.filter((each) => each.issuer === issuer);
    const own = same.find(({ slug }) => slug === provider) ?? (same.length === 1 ? same[0] : undefined);
    if (own !== undefined) return own;
    return same.length > 1 ? 'several providers have its issuer' : 'no provider with its issuer is set up';
  }
  const alike = typeof preset === 'string' ? known.filter((each) => each.preset === preset) : [];
  // At a server of somebody's own the same id is somebody else.
  const same = alike.filter((each) => each.issuer === PRESET_ROWS[each.preset as PresetName].issuer);
  if (same.length === 1 && same[0] !== undefined) return same[0];
  return alike.length === 0 ? '' : `which provider? --provider ${provider}=SLUG says it`;
}

function isSubject(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_SUBJECT_CHARS && isStorable(value);
}

function isAddress(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_EMAIL_CHARS && isStorable(value);
}

/** PostgreSQL stores neither NUL nor lone surrogates. */
function isStorable(value: string): boolean {
  return !value.includes('\0') && value.isWellFormed();
}

function toFields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}
