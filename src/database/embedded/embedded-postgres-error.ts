/** The embedded PostgreSQL cannot be used; `message` is one line that says why and, where possible, what to do. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
}
