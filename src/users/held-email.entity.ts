import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A former address that its account can still restore; no other account can take it meanwhile. */
@Entity('held_emails')
export class StoredHold {
  /** In lower case. */
  @PrimaryColumn({ type: 'text', name: 'email_key', collation: 'C', primaryKeyConstraintName: 'pk_held_emails' })
  email!: string;

  @Column({ type: 'uuid', name: 'user_id' })
  userId!: string;

  @Column({ type: 'timestamptz', name: 'held_until' })
  heldUntil!: Date;
}
