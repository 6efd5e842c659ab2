import { Check, Column, CreateDateColumn, Entity, Index, PrimaryColumn } from 'typeorm';

/** How codes of sign-ins are sent. */
export const CODE_TYPES = ['email_code', 'sms_code'] as const;
export type CodeType = (typeof CODE_TYPES)[number];

/** A code that one sign-in has asked for. Whoever holds the sign-in can try it; its link begins another sign-in. */
@Entity('sign_in_codes')
@Check('ck_sign_in_codes_type', `type IN ('email_code', 'sms_code')`)
@Index('ix_sign_in_codes_sign_in', ['signInId'])
@Index('ix_sign_in_codes_user', ['userId'], { where: 'user_id IS NOT NULL' })
@Index('ix_sign_in_codes_address', ['address'], { where: 'address IS NOT NULL' })
export class SignInCode {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'pk_sign_in_codes' })
  id!: string;

  @Column({ type: 'uuid', name: 'sign_in_id' })
  signInId!: string;

  @Column({ type: 'text' })
  type!: CodeType;

  /** Whom it signs in; null where it makes an account, and where nothing was sent. */
  @Column({ type: 'uuid', name: 'user_id', nullable: true })
  userId!: string | null;

  /** `session_epoch` of the account when it was sent: what ended all sessions since then also ended the code. */
  @Column({ type: 'integer', nullable: true })
  epoch!: number | null;

  /** Where it was sent; null where nothing was sent: then no code is right. */
  @Column({ type: 'text', nullable: true })
  address!: string | null;

  /** Where the link may lead; null where it begins no sign-in. */
  @Column({ type: 'text', name: 'return_to', nullable: true })
  returnTo!: string | null;

  /** Which root secret code and link are derived from. */
  @Column({ type: 'text', name: 'secret_id' })
  secretId!: string;

  /** Keyed HMAC of the code. */
  @Column({ type: 'bytea', name: 'code_mac' })
  codeMac!: Buffer;

  @Column({ type: 'smallint', name: 'code_digits' })
  codeDigits!: number;

  /** Codes that were compared with it. */
  @Column({ type: 'integer', default: 0 })
  tries!: number;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;

  @Column({ type: 'timestamptz', name: 'expires_at' })
  expiresAt!: Date;

  @Column({ type: 'timestamptz', name: 'consumed_at', nullable: true })
  consumedAt!: Date | null;

  /** When the sign-in asked for another one. */
  @Column({ type: 'timestamptz', name: 'superseded_at', nullable: true })
  supersededAt!: Date | null;
}
