/**
 * The indexes that statements count on, by their names; those of constraints and of monthly partitions are not among them. A test
 * compares the list with what the migrations make.
 */
export const EXPECTED_INDEXES: readonly string[] = [];
