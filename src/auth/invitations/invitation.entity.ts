import { Check, Column, CreateDateColumn, Entity, Index, PrimaryColumn } from 'typeorm';
import type { InvitedRole } from './invited-roles.js';

/** An invitation for the reader of one address. The token of its link is derived from its id and stored nowhere. */
@Entity('invitations')
@Check('ck_invitations_role', `role IN ('user', 'librarian')`)
@Index('uq_invitations_open', ['emailKey'], { unique: true, where: 'accepted_at IS NULL AND revoked_at IS NULL' })
@Index('ix_invitations_expires_at', ['expiresAt'])
@Index('ix_invitations_invited_by', ['invitedBy'], { where: 'invited_by IS NOT NULL' })
@Index('ix_invitations_accepted_by', ['acceptedBy'], { where: 'accepted_by IS NOT NULL' })
export class Invitation {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'pk_invitations' })
  id!: string;

  /** In canonical form. */
  @Column({ type: 'text' })
  email!: string;

  @Column({ type: 'text', name: 'email_key' })
  emailKey!: string;

  /** A role beside that of every account; null for none. */
  @Column({ type: 'text', nullable: true })
  role!: InvitedRole | null;

  /** Null: the command line, or an account that is deleted. */
  @Column({ type: 'uuid', name: 'invited_by', nullable: true })
  invitedBy!: string | null;

  /** Which root secret the token is derived from. */
  @Column({ type: 'text', name: 'secret_id' })
  secretId!: string;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;

  @Column({ type: 'timestamptz', name: 'expires_at' })
  expiresAt!: Date;

  @Column({ type: 'timestamptz', name: 'revoked_at', nullable: true })
  revokedAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'accepted_at', nullable: true })
  acceptedAt!: Date | null;

  @Column({ type: 'uuid', name: 'accepted_by', nullable: true })
  acceptedBy!: string | null;
}
