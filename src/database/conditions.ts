import { type FindOperator, MoreThan, Raw } from 'typeorm';

/** A value to store: the time at which the transaction began, by the database's clock. */
export const NOW = (): string => 'now()';

/** A value to store: so many seconds after `NOW`. */
export function secondsFromNow(seconds: number): () => string {
  // Stands in the statement as it is, so it has to be a number whatever the types say.
  if (!Number.isFinite(seconds)) throw new RangeError('Seconds must be a number');
  return () => `now() + make_interval(secs => ${seconds})`;
}

/** Condition of a time that has not come yet, by the database's clock. */
export function inFuture(): FindOperator<Date> {
  return Raw<Date>((time) => `${time} > now()`);
}

/** Condition of a time less than so many seconds ago, by the database's clock. */
export function withinLast(seconds: number): FindOperator<Date> {
  return Raw<Date>((time) => `${time} > now() - make_interval(secs => :seconds)`, { seconds });
}

/** Condition of a time more than so many seconds ago, by the database's clock. */
export function olderThan(seconds: number): FindOperator<Date> {
  return Raw<Date>((time) => `${time} < now() - make_interval(secs => :seconds)`, { seconds });
}

/** Condition of the rows of the next page, for lists in the order of ids; none on the first page, where there is no last id. */
export function afterId(last: string | undefined): { id?: FindOperator<string> } {
  return last === undefined ? {} : { id: MoreThan(last) };
}

/** The conditions that are given: TypeORM refuses `undefined` as one. */
export function defined<T extends object>(conditions: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(conditions).filter(([, value]) => value !== undefined)) as typeof conditions;
}
