import { ValidateBy, type ValidationArguments } from 'class-validator';

/** Name of the rule for repeated fields. */
export const SAME_AS = 'isSameAs';

/** Property decorator: a field that repeats another, such as a new password. */
export const IsSameAs = (name: string) =>
  ValidateBy(
    {
      name: SAME_AS,
      constraints: [name],
      validator: {
        validate: (value: unknown, args?: ValidationArguments) => value === (args?.object as Record<string, unknown> | undefined)?.[name],
      },
    },
    { message: `Repeat ${name} here.` },
  );
