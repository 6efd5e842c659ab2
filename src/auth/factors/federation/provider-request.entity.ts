import { Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';
import type { AssuranceLevel } from '../../../common/access.js';

/** Who links an identity, and what their session had shown when they asked. */
export interface LinkAsker {
  userId: string;
  sessionEpoch: number;
  aal: AssuranceLevel;
}

/** A browser that is at a provider. */
@Entity('provider_requests')
@Unique('uq_provider_requests_state', ['stateMac'])
@Index('ix_provider_requests_bound_to', ['boundTo', 'id'])
@Index('ix_provider_requests_expires_at', ['expiresAt'])
export class ProviderRequest {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'pk_provider_requests' })
  id!: string;

  @Column({ type: 'bytea', name: 'state_mac' })
  stateMac!: Buffer;

  /** Keyed HMAC of the cookie by which the browser is known again. */
  @Column({ type: 'bytea', name: 'browser_mac' })
  browserMac!: Buffer;

  @Column({ type: 'uuid', name: 'provider_id' })
  providerId!: string;

  /** The sign-in that asks, or the session that links. */
  @Column({ type: 'uuid', name: 'bound_to' })
  boundTo!: string;

  /** Null for a sign-in. */
  @Column({ type: 'jsonb', nullable: true })
  link!: LinkAsker | null;

  @Column({ type: 'text' })
  sealed!: string;

  @Column({ type: 'text', name: 'return_to' })
  returnTo!: string;

  @Column({ type: 'timestamptz', name: 'expires_at' })
  expiresAt!: Date;
}
