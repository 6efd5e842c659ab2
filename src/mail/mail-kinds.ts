/** What a mail's subject and texts may name besides its own data. */
export interface MailBrand {
  /** The product's name as people know it. */
  appName: string;
}

interface MailKindDefinition {
  subject(brand: MailBrand): string;
  /** Whether the mail carries a code and a link, and so needs a challenge to derive them from. */
  carriesSecrets: boolean;
}

/**
 * Every mail that is ever sent. A new one is an entry here and two templates: `templates/<kind>.html.hbs` and
 * `templates/<kind>.text.hbs`; a missing template stops the start.
 */
export const MAIL_KINDS = {
  'confirm-email': { subject: ({ appName }) => `Confirm your e-mail address for ${appName}`, carriesSecrets: true },
  'reset-password': { subject: ({ appName }) => `Choose a new password for ${appName}`, carriesSecrets: true },
  'password-changed': { subject: ({ appName }) => `Your ${appName} password was changed`, carriesSecrets: false },
  'password-locked': { subject: ({ appName }) => `Your ${appName} password was locked`, carriesSecrets: false },
  'confirm-new-email': { subject: ({ appName }) => `Confirm your new e-mail address for ${appName}`, carriesSecrets: true },
  // With a link only: there is no place to type a code at.
  'email-changed': { subject: ({ appName }) => `Your ${appName} e-mail address was changed`, carriesSecrets: true },
  'unproven-email-changed': { subject: ({ appName }) => `Your ${appName} e-mail address was changed`, carriesSecrets: false },
  'mobile-changed': { subject: ({ appName }) => `Your ${appName} mobile number was changed`, carriesSecrets: false },
  // With a link only, as above: what it does is told on the page, before a button.
  'delete-account': { subject: ({ appName }) => `Delete your ${appName} account?`, carriesSecrets: true },
  'email-already-registered': { subject: ({ appName }) => `You already have an account at ${appName}`, carriesSecrets: false },
} satisfies Record<string, MailKindDefinition>;

export type MailKind = keyof typeof MAIL_KINDS;

/** The kinds by name, for rows that may have been written by a newer version. */
export function findMailKind(name: string): MailKindDefinition | undefined {
  return Object.hasOwn(MAIL_KINDS, name) ? MAIL_KINDS[name as MailKind] : undefined;
}
