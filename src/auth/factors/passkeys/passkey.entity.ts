import { Column, Entity, PrimaryColumn, Unique } from 'typeorm';

/** What a WebAuthn credential is checked by. The row of `authenticators` with the same id says whose it is. */
@Entity('passkeys')
@Unique('uq_passkeys_credential', ['credentialId'])
export class Passkey {
  @PrimaryColumn({ type: 'uuid', name: 'authenticator_id', primaryKeyConstraintName: 'pk_passkeys' })
  authenticatorId!: string;

  @Column({ type: 'bytea', name: 'credential_id' })
  credentialId!: Buffer;

  /** COSE key (RFC 9052 §7). */
  @Column({ type: 'bytea', name: 'public_key' })
  publicKey!: Buffer;

  /** Signature counter of the last use; 0 where the authenticator has none. */
  @Column({ type: 'bigint', name: 'sign_count' })
  signCount!: string;

  /** The model of the authenticator; all zeros where it does not say. */
  @Column({ type: 'uuid' })
  aaguid!: string;

  /** How browsers reach the authenticator. */
  @Column({ type: 'text', array: true })
  transports!: string[];

  /** Whether it may exist on several devices; never changes. */
  @Column({ type: 'boolean', name: 'backup_eligible' })
  backupEligible!: boolean;

  /** Whether `backupEligible` is known. That of a passkey of another system may not be; its first use tells it. */
  @Column({ type: 'boolean', name: 'backup_known', default: true })
  backupKnown!: boolean;

  @Column({ type: 'boolean', name: 'backed_up' })
  backedUp!: boolean;

  /** Whether its authenticator has verified its user, here or when it was registered elsewhere. */
  @Column({ type: 'boolean', name: 'uv_initialized' })
  uvInitialized!: boolean;
}
