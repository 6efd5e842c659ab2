import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

/** The public half of a P-256 key (RFC 7518 §6.2.1). */
export interface PublicJwk {
  kty: string;
  crv: string;
  x: string;
  y: string;
}

@Entity('signing_keys')
export class SigningKey {
  /** The `kid`. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'pk_signing_keys' })
  id!: string;

  @Column({ type: 'jsonb', name: 'public_jwk' })
  publicJwk!: PublicJwk;

  /** PKCS #8, encrypted under `APP_SECRET`. */
  @Column({ type: 'text', name: 'private_key' })
  privateKey!: string;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;

  /** When it became the signing key; null while it is the next one. */
  @Column({ type: 'timestamptz', name: 'activated_at', nullable: true })
  activatedAt!: Date | null;

  /** When it was withdrawn; a withdrawn key is not published and verifies no tokens. */
  @Column({ type: 'timestamptz', name: 'retired_at', nullable: true })
  retiredAt!: Date | null;
}
