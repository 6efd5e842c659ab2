/** Authenticator assurance (NIST SP 800-63B): 1 for one factor, 2 for two of them, 3 for two of which one is bound to a device. */
export type AssuranceLevel = 1 | 2 | 3;

/** How somebody showed who they are, in the words of RFC 8176. */
export type AuthenticationMethod = 'pwd';

/** How sure the server is of who is signed in. A session keeps it; its access tokens copy it and never raise it. */
export interface Assurance {
  level: AssuranceLevel;
  methods: readonly AuthenticationMethod[];
}

/** The value of the claim `acr` (OpenID Connect Core §2). */
export type AssuranceClass = `urn:latchkey:aal${AssuranceLevel}`;

export function assuranceClass(level: AssuranceLevel): AssuranceClass {
  return `urn:latchkey:aal${level}`;
}
