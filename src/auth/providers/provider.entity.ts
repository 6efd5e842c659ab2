import { Check, Column, CreateDateColumn, Entity, PrimaryColumn, Unique, UpdateDateColumn, VersionColumn } from 'typeorm';
import type { AcrMap, AppleKey, Endpoints, LinkRule, PresetName, ProviderKind } from './provider.js';

@Entity('providers')
@Unique('uq_providers_slug', ['slug'])
@Check('ck_providers_kind', `kind IN ('oidc', 'oauth2')`)
@Check('ck_providers_links', `links IN ('never', 'ask', 'auto')`)
export class StoredProvider {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'pk_providers' })
  id!: string;

  @Column({ type: 'text', collation: 'C' })
  slug!: string;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text' })
  kind!: ProviderKind;

  @Column({ type: 'text', nullable: true })
  preset!: PresetName | null;

  @Column({ type: 'text' })
  issuer!: string;

  @Column({ type: 'text', name: 'client_id' })
  clientId!: string;

  /** Sealed; for Apple the private key from which secrets are made. */
  @Column({ type: 'text', name: 'client_secret', nullable: true })
  clientSecret!: string | null;

  @Column({ type: 'text', array: true })
  scopes!: string[];

  @Column({ type: 'jsonb', nullable: true })
  endpoints!: Endpoints | null;

  @Column({ type: 'jsonb', name: 'apple_key', nullable: true })
  appleKey!: AppleKey | null;

  /** What the provider's discovery document said last. */
  @Column({ type: 'jsonb', nullable: true })
  metadata!: object | null;

  @Column({ type: 'timestamptz', name: 'metadata_at', nullable: true })
  metadataAt!: Date | null;

  /** Whether its word for a mailbox is as good as ours. */
  @Column({ type: 'boolean', name: 'email_trusted', default: false })
  emailTrusted!: boolean;

  @Column({ type: 'text', default: 'ask' })
  links!: LinkRule;

  @Column({ type: 'boolean', name: 'sign_ups', default: false })
  signUps!: boolean;

  @Column({ type: 'jsonb', name: 'acr_map', default: {} })
  acrMap!: AcrMap;

  @Column({ type: 'timestamptz', name: 'enabled_at', nullable: true })
  enabledAt!: Date | null;

  /** Whether the setting `PROVIDERS` sets it up: then nobody changes it here. */
  @Column({ type: 'boolean', name: 'from_settings', default: false })
  fromSettings!: boolean;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;

  @UpdateDateColumn({ type: 'timestamptz', name: 'updated_at' })
  updatedAt!: Date;

  @VersionColumn({ type: 'integer' })
  version!: number;
}
