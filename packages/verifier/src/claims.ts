import type { JWTPayload } from 'jose';

type Scalar = string | number | boolean;

/** A value in `ext`. */
export type ClaimValue = Scalar | readonly Scalar[] | Readonly<Record<string, Scalar>>;

/** The claims of a Latchkey access token (RFC 9068). */
export interface AccessTokenClaims extends JWTPayload {
  iss: string;
  aud: string;
  /** The account. */
  sub: string;
  /** The app that was signed in to. */
  client_id: string;
  /** The session. */
  sid: string;
  /** Seconds since 1970. */
  iat: number;
  /** Seconds since 1970. */
  exp: number;
  jti: string;
  roles: string[];
  email_verified: boolean;
  /** How strongly the person proved who they are, as `urn:latchkey:aal1`. Missing in tokens of servers from before this claim. */
  acr?: string;
  /** By which methods (RFC 8176). */
  amr?: string[];
  /** A recovery code stands in for a factor: the session is as strong as `acr` for setting factors in order, and for nothing else. */
  recovered?: true;
  /** When the person last proved who they are, seconds since 1970. */
  auth_time?: number;
  /** What the server's operator adds, by `CLAIMS_TEMPLATE` and a hook. Missing where they add nothing. */
  ext?: Readonly<Record<string, ClaimValue>>;
}
