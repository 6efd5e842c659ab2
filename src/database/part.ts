/** One of several statements that are sent together; see `DatabaseService.together`. */
export interface Part {
  /** Name under which later parts read its rows. */
  as: string;
  /** A writing statement with its own values as `$1`, `$2`, … */
  sql: string;
  values: readonly unknown[];
}

/** Combines all parts and the final SELECT into one statement, with renumbered values. */
export function joinParts(parts: readonly Part[], answer: string): { sql: string; values: unknown[] } {
  const values: unknown[] = [];
  const written = parts.map((part) => {
    const before = values.length;
    values.push(...part.values);
    return `${part.as} AS (${part.sql.replaceAll(/\$(\d+)/g, (_, number: string) => `$${before + Number(number)}`)})`;
  });
  return { sql: `WITH ${written.join(', ')} ${answer}`, values };
}
