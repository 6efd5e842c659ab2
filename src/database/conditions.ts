import { type FindOperator, MoreThan, Raw } from 'typeorm';

/** Value to store: the start time of the transaction by the database's clock. */
export const NOW = (): string => 'now()';

/** Value to store: `seconds` after `NOW`. */
export function secondsFromNow(seconds: number): () => string {
  // The number becomes part of the SQL text, so it is checked at run time as well.
  if (!Number.isFinite(seconds)) throw new RangeError('Seconds must be a number');
  return () => `now() + make_interval(secs => ${seconds})`;
}

/** Condition for a time in the future, by the database's clock. */
export function inFuture(): FindOperator<Date> {
  return Raw<Date>((time) => `${time} > now()`);
}

/** Condition for a time more than `seconds` ago, by the database's clock. */
export function olderThan(seconds: number): FindOperator<Date> {
  return Raw<Date>((time) => `${time} < now() - make_interval(secs => :seconds)`, { seconds });
}

/** Condition for the rows of the next page of a list ordered by id; none for the first page, which has no last id. */
export function afterId(last: string | undefined): { id?: FindOperator<string> } {
  return last === undefined ? {} : { id: MoreThan(last) };
}

/** Only the defined conditions, because TypeORM refuses `undefined`. */
export function defined<T extends object>(conditions: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(conditions).filter(([, value]) => value !== undefined)) as typeof conditions;
}
