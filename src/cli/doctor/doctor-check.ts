/** Result of one check. */
export interface Check {
  name: string;
  state: 'ok' | 'warn' | 'fail';
  finding: string;
  /** Advice. */
  advice?: string;
}
