import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

/** A browser that skips the second factor for a while. */
@Entity('devices')
export class Device {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'pk_devices' })
  id!: string;

  @Column({ type: 'uuid', name: 'user_id' })
  userId!: string;

  /** Keyed HMAC of the token that the browser holds. */
  @Column({ type: 'bytea', name: 'token_mac' })
  tokenMac!: Buffer;

  /** `session_epoch` of the account when it was remembered: what ends all sessions ends it. */
  @Column({ type: 'integer' })
  epoch!: number;

  @Column({ type: 'text', name: 'user_agent', nullable: true })
  userAgent!: string | null;

  @Column({ type: 'text', nullable: true })
  ip!: string | null;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;

  @Column({ type: 'timestamptz', name: 'last_used_at' })
  lastUsedAt!: Date;

  @Column({ type: 'timestamptz', name: 'trusted_until' })
  trustedUntil!: Date;
}
