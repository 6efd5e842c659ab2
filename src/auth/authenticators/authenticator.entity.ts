import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';
import type { AuthenticatorType } from '../../users/field-values.js';

/** Something beside a password by which an account proves itself. The room of its type may keep more in a table of its own. */
@Entity('authenticators')
export class Authenticator {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'pk_authenticators' })
  id!: string;

  @Column({ type: 'uuid', name: 'user_id' })
  userId!: string;

  @Column({ type: 'text' })
  type!: AuthenticatorType;

  /** The owner's word for it. */
  @Column({ type: 'text' })
  name!: string;

  /** Of a TOTP: its secret, sealed. */
  @Column({ type: 'text', nullable: true })
  secret!: string | null;

  /** Of a TOTP: the latest time step of which a code was accepted. */
  @Column({ type: 'bigint', name: 'last_step', nullable: true })
  lastStep!: string | null;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;

  /** When its owner showed that it works; null: it proves nothing yet. */
  @Column({ type: 'timestamptz', name: 'confirmed_at', nullable: true })
  confirmedAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'last_used_at', nullable: true })
  lastUsedAt!: Date | null;
}
