import { type Capability, type Declarations, page } from '../../../common/capability.js';
import { oneOf } from '../../../config/setting.js';
import type { ReturnLink } from '../../challenges/return-link.js';
import type { FieldMessage } from '../../../look/field-message.js';

interface SignInCodeView {
  address: string;
  /** In two groups, so that people can copy it by hand. */
  code: string;
  /** Action URL of the form. */
  action: string;
  token: string;
  /** Host of the app to which signing in here leads; null where the code is all that the page has. */
  host: string | null;
  problems: FieldMessage[];
}

interface SignedInHereView {
  address: string;
  returnLink: ReturnLink | null;
}

const declared = {
  settings: {
    EMAIL_CODE: oneOf(['on', 'sign-in', 'off'], {
      default: 'on',
      doc: 'Signing in without a password, by a mailed code and link. `on`: for an address that nobody has, the code makes an account. `sign-in`: only accounts that there are; the answers are the same.',
    }),
  },
  purposes: {
    'sign-in-code': {
      page: '/account/sign-in',
      mail: 'sign-in-code',
      ttlSeconds: 10 * 60,
      codeDigits: 8,
      event: 'factor.checked',
    },
  },
  mails: {
    'sign-in-code': {
      carriesSecrets: true,
      notMe: { without: 'Nothing happens unless somebody types the code, or presses the button behind the link.' },
    },
    'sign-up-code': {
      carriesSecrets: true,
      notMe: { without: 'There is no account yet, and none unless somebody uses the code.' },
    },
  },
  pages: {
    'sign-in-code': page<SignInCodeView>(),
    'signed-in-here': page<SignedInHereView>(),
    'signed-in-partly': page<SignedInHereView>(),
  },
} as const satisfies Declarations;

declare module '../../../common/declared.js' {
  interface Declared {
    emailCode: typeof declared;
  }
}

/** Signing in, and signing up, by a mailed code or link. */
export const emailCode = {
  name: 'emailCode',
  folder: import.meta.dirname,
  module: async () => (await import('./email-code.module.js')).EmailCodeModule,
  ...declared,
} as const satisfies Capability;
