import type { SignedIn } from '../../auth/sign-in/sign-in.service.js';
import type { Account, Avatar } from '../../users/account.js';

export function toEntityUser({ number, username, email, avatar }: Account) {
  return { email, id: number, profile_picture: toPicturePath(avatar), username };
}

/** Path below the contract's prefix. */
export function toPicturePath(avatar: Avatar | null): string | null {
  return avatar === null ? null : `/static/${avatar.name}.jpg`;
}

export function toLoginAnswer({ account, tokens }: SignedIn) {
  const data = { access_token: tokens.accessToken, data: toEntityUser(account), refresh_token: tokens.refreshToken };
  return { data, message: 'Success login!' };
}
