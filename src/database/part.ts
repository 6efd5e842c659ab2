/** One of several statements that are sent as one; see `DatabaseService.together`. */
export interface Part {
  /** Later parts read under this name what it returns. */
  as: string;
  /** Writes something; with values of its own as `$1`, `$2`, … */
  sql: string;
  values: readonly unknown[];
}

/** One statement of all parts, whose values are numbered through, and of the SELECT that answers it. */
export function joinParts(parts: readonly Part[], answer: string): { sql: string; values: unknown[] } {
  const values: unknown[] = [];
  const written = parts.map((part) => {
    const before = values.length;
    values.push(...part.values);
    return `${part.as} AS (${part.sql.replaceAll(/\$(\d+)/g, (_, number: string) => `$${before + Number(number)}`)})`;
  });
  return { sql: `WITH ${written.join(', ')} ${answer}`, values };
}
