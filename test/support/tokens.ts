/** The claims of a JWT; the signature is not verified. */
// eslint-disable-next-line no-explicit-any -- tests look into claims of every shape
export function claimsOf(token: string): any {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
}

/** The session id of an access token. */
export function sidOf(accessToken: string): string {
  return claimsOf(accessToken).sid;
}
