/** An identity on its way to an account here. */
export interface CarriedIdentity {
  providerId: string;
  /** Slug, for notes. */
  provider: string;
  issuer: string;
  subject: string;
  email: string | null;
  emailVerified: boolean;
  createdAt: string | null;
  lastUsedAt: string | null;
}

/** The identities of one account on its way. */
export interface CarriedIdentities {
  identities: CarriedIdentity[];
}
