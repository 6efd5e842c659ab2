import type { ErrorTexts, LatchkeyError } from '@latchkey/client';

/** Something to put right; `field` is the name of the one that it is about. */
export interface Problem {
  field?: string | undefined;
  text: string;
}

/** Sentences of this app for codes that its users meet; for the others that of the server will do. */
const SENTENCES: Partial<ErrorTexts> = {
  'auth.bad_credentials': 'That does not match. Check the address or username, and the password.',
  'auth.account_disabled': 'This account is closed at the moment. Please ask its administrator.',
  'auth.proof_required': 'Enter the password that you signed up with, too.',
  'registration.closed': 'Nobody can sign up here at the moment. Please ask the administrator for an account.',
  'registration.invitation_required': 'Only invited people can sign up here. Please ask the administrator for an invitation.',
  'registration.domain_not_allowed': 'Sign up with an address of your organisation.',
  'user.email_taken': 'There is an account with this address already. Sign in instead, or choose a new password.',
  'user.email_unproven':
    'Somebody signed up with this address and has not confirmed it. The code in the mail makes the account yours, with the password that you have just chosen.',
  'user.username_taken': 'Somebody else has this username.',
  'challenge.invalid': 'This code is not right. Check it, or have a new one sent.',
  'challenge.expired': 'This code is too old. Have a new one sent.',
  'challenge.exhausted': 'This code was tried too often. Have a new one sent.',
  'auth.second_factor_required': 'This account is protected by a second factor: enter that, too.',
  'factor.invalid': 'That is not right, or was used before. Try the next code, or another way.',
  'auth.step_up_required': 'This needs a proof that it is you. Try again, and confirm it.',
  'authenticator.last_way_in': 'Without it nobody could sign in to this account any more.',
  'authenticator.exists': 'There is a passkey of this account on this device already.',
  'provider.denied': 'You went back before you were done there. Try again, or take another way.',
  'provider.unavailable': 'This provider does not answer at the moment. Take another way.',
  'provider.answer_invalid': 'What this provider said cannot be believed. Try again, or take another way.',
  'provider.sign_ups_closed': 'Nobody here has this account yet. Create an account first, and link it in its settings.',
  'provider.email_unproven':
    'This provider does not say that your address is proven. Create an account first, and link it in its settings.',
  'identity.link_required': 'Sign in another way first, and link this account in the settings.',
  'identity.linked_elsewhere': 'This account signs in to another account here. Unlink it there first.',
  'identity.last_way_in': 'Without it you could not sign in any more. Set a password or add a passkey first.',
  'client.window_blocked': 'Your browser opened no window. Allow it, or take another way.',
  'sign_in.expired': 'That took too long. Please begin again.',
  'sign_in.not_found': 'That took too long. Please begin again.',
  'client.passkey_unsupported': 'This browser has no passkeys. Take another way.',
  'client.passkey_refused': 'No passkey was used. Try again, or take another way.',
  'request.too_large': 'This file is too large.',
  'client.unreachable': 'The server cannot be reached. Check that it runs, and try again.',
  'client.timeout': 'The server takes too long to answer. Try again in a moment.',
};

/** Fields that failures without pointers are about. */
const FIELDS: Partial<ErrorTexts> = {
  'user.email_taken': 'email',
  'registration.domain_not_allowed': 'email',
  'auth.proof_required': 'password',
  'user.username_taken': 'username',
  'challenge.invalid': 'code',
  'challenge.expired': 'code',
  'challenge.exhausted': 'code',
};

/** What to tell the user, one line for each field that is wrong. @param about the field that a refused proof is about */
export function toProblems(error: LatchkeyError, about?: string): Problem[] {
  if (error.fields.length > 0) return error.fields.map(({ pointer, detail }) => ({ field: pointer.slice(1), text: detail }));
  const isAboutProof = /^(?:auth|factor)\./.test(error.code);
  return [{ field: FIELDS[error.code] ?? (isAboutProof ? about : undefined), text: toSentence(error) }];
}

/** The same in one line. */
export function toText(error: LatchkeyError): string {
  return toProblems(error)
    .map(({ text }) => text)
    .join(' ');
}

function toSentence({ code, message, retryAfterSeconds }: LatchkeyError): string {
  if (!code.endsWith('.throttled') || retryAfterSeconds === undefined) return SENTENCES[code] ?? message;
  const minutes = Math.ceil(retryAfterSeconds / 60);
  return `That was too often. Try again in ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.`;
}

/** A sentence for a code that came in an address. */
export function sentenceOf(code: string): string {
  return Object.entries(SENTENCES).find(([each]) => each === code)?.[1] ?? 'That did not work. Try again, or take another way.';
}
