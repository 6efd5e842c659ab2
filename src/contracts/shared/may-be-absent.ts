import { ValidateIf } from 'class-validator';

/** Property decorator: the field may be left out. Null is a value like others, to be judged by the other rules. */
export const MayBeAbsent = () => ValidateIf((_, value) => value !== undefined);
