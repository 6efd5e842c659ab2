import { Column, CreateDateColumn, Entity, Index, PrimaryColumn, Unique } from 'typeorm';
import type { UpstreamProfile } from '../providers/provider.js';

/** An account at a provider that signs in to an account here. It is known by provider, issuer and subject, never by an address. */
@Entity('identities')
@Unique('uq_identities_subject', ['providerId', 'issuer', 'subject'])
@Index('ix_identities_user', ['userId'])
export class Identity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'pk_identities' })
  id!: string;

  @Column({ type: 'uuid', name: 'user_id' })
  userId!: string;

  @Column({ type: 'uuid', name: 'provider_id' })
  providerId!: string;

  @Column({ type: 'text', collation: 'C' })
  issuer!: string;

  @Column({ type: 'text', collation: 'C' })
  subject!: string;

  /** What the provider told last; it decides nothing. */
  @Column({ type: 'text', nullable: true })
  email!: string | null;

  @Column({ type: 'boolean', name: 'email_verified' })
  emailVerified!: boolean;

  @Column({ type: 'jsonb' })
  profile!: UpstreamProfile;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;

  @Column({ type: 'timestamptz', name: 'last_used_at', nullable: true })
  lastUsedAt!: Date | null;
}
