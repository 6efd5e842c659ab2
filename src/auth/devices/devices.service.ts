import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { isId, newId } from '../../common/ids.js';
import { Secrets } from '../../config/secrets.js';
import { Settings } from '../../config/settings.js';
import { DatabaseService } from '../../database/database.service.js';
import { Device } from './device.entity.js';
import { DeviceNotFoundError } from './errors.js';

const TOKEN = /^lkd_[\w-]{43}$/;
const TOKEN_BYTES = 32;
const DAY_SECONDS = 86_400;

/** Devices of one account that are kept; the one unused for longest goes. */
const MOST = 50;

/** A device that was remembered just now. */
export interface RememberedDevice {
  id: string;
  /** What it shows at the next sign-in. */
  token: string;
  trustedForSeconds: number;
}

/**
 * Devices that skip the second factor, and nothing else: stepping up asks them like any other. They end with whatever ends all sessions of
 * the account (a new password, signing out everywhere, a removed factor), and when a factor is added.
 */
@Injectable()
export class DevicesService {
  constructor(
    private readonly database: DatabaseService,
    private readonly secrets: Secrets,
    private readonly settings: Settings,
    private readonly audit: AuditService,
  ) {}

  /** Whether devices are remembered at all. */
  get areRemembered(): boolean {
    return this.settings.REMEMBERED_DEVICE_DAYS > 0;
  }

  /** Id of the device that holds the token, whosever it is; null for none. */
  async find(token: string | undefined): Promise<string | null> {
    if (!this.areRemembered || token === undefined || !TOKEN.test(token)) return null;
    const macs = this.secrets.macs('devices', token);
    const [device] = await this.database
      .repo(Device)
      .find({ select: { id: true }, where: macs.map((tokenMac) => ({ tokenMac })), take: 1 });
    return device?.id ?? null;
  }

  /** Whether the account remembers the device now. */
  async isRemembered(id: string, userId: string): Promise<boolean> {
    return (await this.remembered(userId).andWhere('d.id = :id', { id }).getExists()) && this.areRemembered;
  }

  /** Whether the device skips the second factor of the account now; notes its use. */
  async skipsSecondFactor(id: string, userId: string): Promise<boolean> {
    const used = await this.database.query(
      `UPDATE devices d SET last_used_at = now() FROM users u
       WHERE d.id = $1 AND d.user_id = $2 AND d.trusted_until > now() AND u.id = d.user_id AND d.epoch = u.session_epoch
       RETURNING d.id`,
      [id, userId],
    );
    return this.areRemembered && used.length > 0;
  }

  /** Remembers the caller's device; joins the caller's transaction. @param epoch `Credentials.sessionEpoch` of the sign-in */
  async remember(userId: string, epoch: number, caller: Caller): Promise<RememberedDevice> {
    const id = newId();
    const token = `lkd_${randomBytes(TOKEN_BYTES).toString('base64url')}`;
    const trustedForSeconds = this.settings.REMEMBERED_DEVICE_DAYS * DAY_SECONDS;
    await this.database.query(
      `WITH old AS (DELETE FROM devices WHERE id IN (
         SELECT id FROM devices WHERE user_id = $2 ORDER BY last_used_at DESC, id DESC OFFSET $8))
       INSERT INTO devices (id, user_id, token_mac, epoch, user_agent, ip, trusted_until)
       VALUES ($1, $2, $3, $4, $5, $6, now() + make_interval(secs => $7))`,
      [id, userId, this.secrets.mac('devices', token), epoch, caller.userAgent, caller.ip, trustedForSeconds, MOST - 1],
    );
    const details = { deviceId: id };
    await this.audit.record({ action: 'device.remembered', outcome: 'success', actorId: userId, subjectId: userId, caller, details });
    return { id, token, trustedForSeconds };
  }

  /** Devices of the account that skip the second factor now, the latest used first. */
  list(userId: string): Promise<Device[]> {
    return this.remembered(userId).orderBy('d.lastUsedAt', 'DESC').addOrderBy('d.id', 'DESC').getMany();
  }

  /** @throws DeviceNotFoundError, also for another account's and for what is no id */
  async forget(userId: string, id: string, caller: Caller): Promise<void> {
    if (!isId(id)) throw new DeviceNotFoundError();
    await this.database.transaction(async () => {
      const { affected } = await this.database.repo(Device).delete({ userId, id });
      if (affected !== 1) throw new DeviceNotFoundError();
      await this.record(userId, userId, { deviceId: id }, caller);
    });
  }

  /** Forgets all devices of an account; joins the caller's transaction. */
  async forgetAll(userId: string, actorId: string | null, caller?: Caller): Promise<void> {
    const { affected } = await this.database.repo(Device).delete({ userId });
    if ((affected ?? 0) > 0) await this.record(userId, actorId, { count: affected ?? 0 }, caller);
  }

  /** The account's that skip the second factor now. */
  private remembered(userId: string) {
    return this.database
      .repo(Device)
      .createQueryBuilder('d')
      .innerJoin('users', 'u', 'u.id = d.userId AND u.session_epoch = d.epoch')
      .where('d.userId = :userId AND d.trustedUntil > now()', { userId });
  }

  private record(subjectId: string, actorId: string | null, details: Record<string, string | number>, caller?: Caller): Promise<void> {
    return this.audit.record({ action: 'device.forgotten', outcome: 'success', actorId, subjectId, caller, details });
  }
}
