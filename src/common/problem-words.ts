import type { TextName } from './declared.js';

/** How another language says what is wrong with a field. Not part of any answer. */
export interface ProblemWords {
  /** The text. Default: `rule.` and the rule. */
  text?: TextName;
  /** What stands for its placeholders. */
  values?: Readonly<Record<string, string | number>>;
}
