/** Forms of texts that a provider is set up with, over the API and by settings alike. */
export const FORMS = {
  slug: { pattern: /^[a-z][a-z\d-]{0,39}$/, detail: 'Use up to 40 small letters, digits and hyphens, a letter first.' },
  /** On one line, and not only spaces. */
  name: { pattern: /^(?=.*\S)[^\r\n]{1,60}$/, detail: 'Use 1 to 60 characters on one line.' },
  /** RFC 6749 §3.3. */
  scope: { pattern: /^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/, detail: 'A scope is printable ASCII without spaces and quotes.' },
} as const;

export const MAX_CLIENT_ID_CHARS = 500;
export const MAX_SECRET_CHARS = 5_000;
export const MAX_SCOPES = 20;
