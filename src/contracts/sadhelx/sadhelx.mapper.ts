import type { Registration } from '../../auth/registration/registration.service.js';
import type { SignedIn } from '../../auth/sign-in/sign-in.service.js';
import type { ResetProof } from '../../auth/password-reset/reset-proofs.service.js';
import type { Account } from '../../users/account.js';
import type { WithCode } from './dto/identity.dto.js';
import type { SignUp } from './dto/sign-up.dto.js';

/** A success. */
export function ok(msg: string, data?: object) {
  return { status: true, msg, ...(data === undefined ? {} : { data }) };
}

export function toUser({ number, username, email, firstName, avatar }: Account) {
  return {
    user_id: String(number),
    username,
    email,
    firstname: firstName,
    ...(avatar === null ? {} : { image_file: `${avatar.name}.jpg` }),
  };
}

export function toLoginData({ account, tokens }: SignedIn) {
  return { user: toUser(account), token: { token_access: tokens.accessToken, token_refresh: tokens.refreshToken } };
}

export function fromSignUp({ username, email, firstname, lastname, password, phonenumber }: SignUp): Registration {
  return {
    username: inLowerCase(username),
    email: inLowerCase(email),
    firstName: firstname ?? null,
    lastName: lastname ?? null,
    mobile: phonenumber ?? null,
    password,
  };
}

/** Digits are the mailed code; anything else is the secret that the check of the code returned, which works only for that account. */
export function fromCode({ identity: identifier, code }: WithCode): ResetProof {
  return /^\d+$/.test(code) ? { identifier, code } : { identifier, token: code };
}

/** Lower-cases only ASCII letters: others would become different letters, and thus a different address. */
export function inLowerCase(text: string): string {
  return text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}
