import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { isId, newId } from '../../common/ids.js';
import { SessionsService } from '../../tokens/sessions/sessions.service.js';
import type { ConfirmedChange } from '../../users/confirmed-change.js';
import { OtherWaysIn } from '../authenticators/other-ways-in.service.js';
import { OwnerNotices } from '../challenges/owner-notices.service.js';
import { DevicesService } from '../devices/devices.service.js';
import type { Provider, UpstreamIdentity, UpstreamProfile } from '../providers/provider.js';
import { ProvidersService } from '../providers/providers.service.js';
import { IdentityNotFoundError, TooManyIdentitiesError } from './errors.js';
import { IdentitiesRepository, type IdentityKey } from './identities.repository.js';
import { Identity } from './identity.entity.js';
import { ProviderProfiles } from './provider-profiles.service.js';

/** How many an account may have. */
const MAX_IDENTITIES = 20;

/** An identity as its owner sees it. */
export interface OwnIdentity {
  id: string;
  provider: Pick<Provider, 'slug' | 'name' | 'preset'>;
  /** Whether the provider still signs people in. */
  isUsable: boolean;
  issuer: string;
  subject: string;
  email: string | null;
  emailVerified: boolean;
  profile: UpstreamProfile;
  createdAt: Date;
  lastUsedAt: Date | null;
}

type FactorChange = ConfirmedChange<'factors' | 'takeover'>;

/** The identities of accounts. Every change belongs into the transaction in which the gate confirmed it. */
@Injectable()
export class IdentitiesService implements OnModuleInit {
  constructor(
    private readonly identities: IdentitiesRepository,
    private readonly providers: ProvidersService,
    private readonly profiles: ProviderProfiles,
    private readonly sessions: SessionsService,
    private readonly devices: DevicesService,
    private readonly notices: OwnerNotices,
    private readonly otherWays: OtherWaysIn,
    private readonly audit: AuditService,
  ) {}

  onModuleInit(): void {
    this.otherWays.add(({ id }) => this.canSignInBy(id));
  }

  /** Whose identity it is; null if nobody has it. */
  async findOwner(key: IdentityKey): Promise<{ id: string; userId: string } | null> {
    const found = await this.identities.find(key);
    return found === null ? null : { id: found.id, userId: found.userId };
  }

  /** The account's, the oldest first. */
  async list(userId: string): Promise<OwnIdentity[]> {
    const own = await this.identities.findAll(userId);
    if (own.length === 0) return [];
    const providers = new Map((await this.providers.list({ enabledOnly: false })).map((provider) => [provider.id, provider]));
    return own.flatMap(({ id, providerId, issuer, subject, email, emailVerified, profile, createdAt, lastUsedAt }) => {
      const provider = providers.get(providerId);
      if (provider === undefined) return [];
      const { slug, name, preset, enabledAt } = provider;
      const isUsable = enabledAt !== null;
      return [{ id, provider: { slug, name, preset }, isUsable, issuer, subject, email, emailVerified, profile, createdAt, lastUsedAt }];
    });
  }

  /** Whether the account has one by which it can sign in. */
  private async canSignInBy(userId: string): Promise<boolean> {
    return (await this.list(userId)).some(({ isUsable }) => isUsable);
  }

  /**
   * Links an identity, fills empty fields of the profile from it, and tells the owner.
   * @param isNew whether the account was made by it just now: then there is nothing to tell
   * @returns its id
   * @throws IdentityLinkedElsewhereError, also when two requests race; TooManyIdentitiesError
   */
  async link(
    { account, actorId }: FactorChange,
    provider: Pick<Provider, 'id' | 'slug' | 'name'>,
    { issuer, subject, email, emailVerified, profile }: UpstreamIdentity,
    caller: Caller,
    { isNew = false }: { isNew?: boolean } = {},
  ): Promise<string> {
    const own = await this.identities.findAll(account.id);
    const known = own.find((each) => each.providerId === provider.id && each.issuer === issuer && each.subject === subject);
    if (known !== undefined) return known.id;
    if (own.length >= MAX_IDENTITIES) throw new TooManyIdentitiesError();
    const id = newId();
    const row = { id, userId: account.id, providerId: provider.id, issuer, subject, email, emailVerified, profile, lastUsedAt: new Date() };
    await this.identities.insert(Object.assign(new Identity(), row));
    await this.record('identity.linked', account.id, actorId, { identityId: id, provider: provider.slug }, caller);
    await this.profiles.fill(account, id, profile, caller);
    if (isNew) return id;
    await this.devices.forgetAll(account.id, actorId, caller);
    await this.notices.send('identity-linked', account, caller, { undo: { of: 'identity', id }, about: provider.name });
    return id;
  }

  /** The picture that the provider told of somebody, and whose it is here; null if there is none. */
  async pictureOf(id: string): Promise<{ userId: string; url: string } | null> {
    const found = await this.identities.findById(id);
    const url = found?.profile.picture ?? null;
    return found === null || url === null ? null : { userId: found.userId, url };
  }

  /** Notes that somebody signed in by it, and what its provider told then. */
  use(id: string, told: UpstreamIdentity): Promise<void> {
    return this.identities.use(id, told);
  }

  /**
   * Unlinks one. Every other session of the account ends: it may have been opened by it.
   * @param keep the session that stays
   * @throws IdentityNotFoundError
   */
  async unlink({ account, actorId }: FactorChange, id: string, keep: string | null, caller: Caller): Promise<void> {
    const found = isId(id) ? (await this.list(account.id)).find((each) => each.id === id) : undefined;
    if (found === undefined) throw new IdentityNotFoundError();
    await this.identities.remove(account.id, id);
    await this.record('identity.unlinked', account.id, actorId, { identityId: id, provider: found.provider.slug }, caller);
    await this.sessions.endAll(account.id, 'identity-unlinked', { caller, keep, actorId });
    await this.devices.forgetAll(account.id, actorId, caller);
    await this.notices.send('identity-unlinked', account, caller, { undo: null, about: found.provider.name });
  }

  /** Unlinks all of an account: it has another owner. */
  async unlinkAll({ account, actorId }: FactorChange, caller: Caller): Promise<void> {
    const count = await this.identities.remove(account.id);
    if (count > 0) await this.record('identities.unlinked', account.id, actorId, { count }, caller);
  }

  private async record(
    action: 'identity.linked' | 'identity.unlinked' | 'identities.unlinked',
    subjectId: string,
    actorId: string | null,
    details: Readonly<Record<string, string | number>>,
    caller: Caller,
  ): Promise<void> {
    await this.audit.record({ action, outcome: 'success', actorId, subjectId, caller, details });
  }
}
