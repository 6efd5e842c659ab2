import type { ReturnLink } from '../auth/challenges/return-link.js';
import type { WalkStep } from '../pages/start-page-walk.js';

/** What a field of a form is told. */
export interface FieldMessage {
  /** Name and element id of the field. */
  field: string;
  detail: string;
}

/** What each page is filled with; the names are those of the templates. */
export interface Views {
  start: {
    production: boolean;
    /** Null where strangers look. */
    version: string | null;
    /** Where the core's API is; null where nobody is told. */
    api: string | null;
    /** Paths; null for what is not served. */
    docs: string | null;
    openapi: string | null;
    mailbox: string | null;
    health: string;
    contracts: { slug: string; url: string; docs: string | null }[];
    walk: WalkStep[];
  };
  'confirm-email': {
    address: string;
    /** Whether a new password makes the account the reader's. */
    canTakeOver: boolean;
    /** Where the form goes. */
    action: string;
    token: string;
    minPasswordLength: number;
    /** All of them, for the summary. */
    problems: FieldMessage[];
    passwordProblem: string | null;
    newPasswordProblem: string | null;
  };
  'email-confirmed': {
    address: string | null;
    /** Whether the reader chose a new password, which signed everybody out. */
    tookOver: boolean;
    returnLink: ReturnLink | null;
  };
  'confirm-new-email': {
    address: string;
    /** Where the form goes. */
    action: string;
    token: string;
    /** All of them, for the summary. */
    problems: FieldMessage[];
    passwordProblem: string | null;
  };
  'new-email-confirmed': {
    address: string | null;
    returnLink: ReturnLink | null;
  };
  'undo-email-change': {
    address: string;
    /** Where the form goes. */
    action: string;
    token: string;
    minPasswordLength: number;
    /** All of them, for the summary. */
    problems: FieldMessage[];
    newPasswordProblem: string | null;
  };
  'email-change-undone': {
    address: string;
    /** Whether the reader chose a new password; otherwise a mail is on its way. */
    passwordSet: boolean;
  };
  'reset-password': {
    address: string;
    /** Where the form goes. */
    action: string;
    token: string;
    minPasswordLength: number;
    /** All of them, for the summary. */
    problems: FieldMessage[];
    newPasswordProblem: string | null;
  };
  'password-reset': {
    returnLink: ReturnLink | null;
  };
  'delete-account': {
    address: string;
    username: string | null;
    /** Where the form goes. */
    action: string;
    token: string;
  };
  'account-deleted': {
    address: string;
    returnLink: ReturnLink | null;
  };
  failure: {
    /** Sentences for people, a paragraph each. */
    advice: readonly string[];
    /** Under which the failure is found in the log; null when there is nothing to look for. */
    reference: string | null;
  };
}
