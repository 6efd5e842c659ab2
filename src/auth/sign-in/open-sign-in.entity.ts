import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';
import type { AssuranceLevel } from '../../common/access.js';
import type { AuthenticationMethod } from '../../tokens/access-tokens/assurance.js';
import type { PassedFactor, SignInPurpose } from '../factors/factor.js';
import type { PendingLink } from '../identities/pending-link.js';
import type { SessionMode } from '../../tokens/sessions/session-mode.js';

/** One authentication that is under way. Its authority is the secret that only its beginner holds; the id alone permits nothing. */
@Entity('sign_ins')
export class OpenSignIn {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'pk_sign_ins' })
  id!: string;

  /** Keyed HMAC of the secret. */
  @Column({ type: 'bytea', name: 'secret_mac' })
  secretMac!: Buffer;

  @Column({ type: 'text' })
  purpose!: SignInPurpose;

  /** How the client keeps what it gets. */
  @Column({ type: 'text' })
  mode!: SessionMode;

  /** What was typed; whether an account has it is not looked up before the first factor. */
  @Column({ type: 'text', nullable: true })
  identifier!: string | null;

  /** Whose it is: known since the first factor, or since it began in a session. */
  @Column({ type: 'uuid', name: 'user_id', nullable: true })
  userId!: string | null;

  /** The session that is to be raised. */
  @Column({ type: 'uuid', name: 'session_id', nullable: true })
  sessionId!: string | null;

  /** `session_epoch` of the account when the first factor passed: what ended all sessions since then also ended the sign-in. */
  @Column({ type: 'integer', nullable: true })
  epoch!: number | null;

  /** The level that the client asked for. */
  @Column({ type: 'smallint', name: 'required_aal', default: 1 })
  requiredAal!: AssuranceLevel;

  @Column({ type: 'jsonb', default: [] })
  passed!: PassedFactor[];

  /** Whether the password has to be replaced before the session opens. */
  @Column({ type: 'boolean', name: 'new_password', default: false })
  newPassword!: boolean;

  /** Whether the second factor is to be skipped on this device from now on. */
  @Column({ type: 'boolean', name: 'trust_device', default: false })
  trustDevice!: boolean;

  @Column({ type: 'uuid', name: 'device_id', nullable: true })
  deviceId!: string | null;

  @Column({ type: 'jsonb', nullable: true })
  link!: PendingLink | null;

  @Column({ type: 'text', name: 'return_to', nullable: true })
  returnTo!: string | null;

  /** Tries that were wrong, or are under way. */
  @Column({ type: 'integer', default: 0 })
  tries!: number;

  @Column({ type: 'text', nullable: true })
  ip!: string | null;

  @Column({ type: 'text', name: 'user_agent', nullable: true })
  userAgent!: string | null;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;

  @Column({ type: 'timestamptz', name: 'expires_at' })
  expiresAt!: Date;

  @Column({ type: 'timestamptz', name: 'completed_at', nullable: true })
  completedAt!: Date | null;

  /** `amr` of the session that is to be raised, read with the row; null without one. */
  earlierMethods!: AuthenticationMethod[] | null;

  /** Rises with every step. */
  @Column({ type: 'integer', default: 1 })
  version!: number;
}
