import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn, VersionColumn } from 'typeorm';

/** Why the server, or an administrator, has disabled an endpoint. */
export type DisabledReason = 'administrator' | 'gone' | 'failing';

@Entity('webhook_endpoints')
export class StoredEndpoint {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'pk_webhook_endpoints' })
  id!: string;

  @Column({ type: 'text' })
  url!: string;

  @Column({ type: 'text', default: '' })
  description!: string;

  /** Names of events, `noun.*` or `*`. */
  @Column({ type: 'text', array: true })
  types!: string[];

  /** Sealed. */
  @Column({ type: 'text' })
  secret!: string;

  /** Sealed; signs as well until `previousUntil`. */
  @Column({ type: 'text', name: 'previous_secret', nullable: true })
  previousSecret!: string | null;

  @Column({ type: 'timestamptz', name: 'previous_until', nullable: true })
  previousUntil!: Date | null;

  @Column({ type: 'timestamptz', name: 'enabled_at', nullable: true })
  enabledAt!: Date | null;

  @Column({ type: 'text', name: 'disabled_reason', nullable: true })
  disabledReason!: DisabledReason | null;

  /** First failed attempt since the last that succeeded. */
  @Column({ type: 'timestamptz', name: 'failing_since', nullable: true })
  failingSince!: Date | null;

  /** Only of a command that listens; servers send nothing to it. */
  @Column({ type: 'timestamptz', name: 'listening_until', nullable: true })
  listeningUntil!: Date | null;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;

  @UpdateDateColumn({ type: 'timestamptz', name: 'updated_at' })
  updatedAt!: Date;

  @VersionColumn({ type: 'integer' })
  version!: number;
}
