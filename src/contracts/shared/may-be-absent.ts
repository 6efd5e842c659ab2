import { ValidateIf } from 'class-validator';

/** Property decorator: the field may be absent. Null is a value like any other, which the other rules check. */
export const MayBeAbsent = () => ValidateIf((_, value) => value !== undefined);
