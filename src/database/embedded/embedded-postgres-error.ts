/** The embedded PostgreSQL cannot be used; `message` is one line with the reason and, if possible, advice. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
}
