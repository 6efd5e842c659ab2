import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';
import type { SessionEnd } from '../../common/declared.js';
import type { AssuranceLevel } from '../../common/access.js';
import type { AuthenticationMethod } from '../access-tokens/assurance.js';

/** One signed-in device: a family of refresh tokens of which only the latest may still be exchanged. */
@Entity('sessions')
export class Session {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'pk_sessions' })
  id!: string;

  @Column({ type: 'uuid', name: 'user_id' })
  userId!: string;

  @Column({ type: 'text', name: 'client_id' })
  clientId!: string;

  @Column({ type: 'integer', default: 0 })
  counter!: number;

  @Column({ type: 'boolean', name: 'mints_access', default: false })
  mintsAccess!: boolean;

  @Column({ type: 'text', nullable: true })
  ip!: string | null;

  @Column({ type: 'text', name: 'user_agent', nullable: true })
  userAgent!: string | null;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;

  @Column({ type: 'timestamptz', name: 'last_used_at' })
  lastUsedAt!: Date;

  /** When the latest refresh token was handed out; null before the first exchange. */
  @Column({ type: 'timestamptz', name: 'rotated_at', nullable: true })
  rotatedAt!: Date | null;

  /** Keyed HMAC of the key by which the client named that exchange. */
  @Column({ type: 'bytea', name: 'attempt_mac', nullable: true })
  attemptMac!: Buffer | null;

  @Column({ type: 'smallint', default: 1 })
  aal!: AssuranceLevel;

  @Column({ type: 'text', array: true, default: ['pwd'] })
  amr!: AuthenticationMethod[];

  /** When somebody last showed a proof; null: when the session was created. */
  @Column({ type: 'timestamptz', name: 'auth_time', nullable: true })
  authTime!: Date | null;

  /** Authenticators that were used for it. */
  @Column({ type: 'uuid', name: 'factor_ids', array: true, default: [] })
  factorIds!: string[];

  /** Until when a recovery code stands in for a factor; null for sessions that no recovery code opened. */
  @Column({ type: 'timestamptz', name: 'recovered_until', nullable: true })
  recoveredUntil!: Date | null;

  /** The remembered device that it was opened on. */
  @Column({ type: 'uuid', name: 'device_id', nullable: true })
  deviceId!: string | null;

  @Column({ type: 'timestamptz', name: 'idle_expires_at' })
  idleExpiresAt!: Date;

  @Column({ type: 'timestamptz', name: 'expires_at' })
  expiresAt!: Date;

  @Column({ type: 'timestamptz', name: 'revoked_at', nullable: true })
  revokedAt!: Date | null;

  @Column({ type: 'text', name: 'revoke_reason', nullable: true })
  revokeReason!: SessionEnd | null;
}
