import { Keeps } from '../../common/field-checks.js';
import { PasswordPolicy, type PasswordPolicyName } from './password-policy.service.js';

/**
 * Property decorator: a new password. Checks what nobody may have as a password, with the names that the same body gives; the service
 * checks it again for its owner, whose roles may ask for more.
 */
export function KeepsPolicy(policy: PasswordPolicyName = 'core'): PropertyDecorator {
  return Keeps<string>((password, settings, { email, username }) =>
    new PasswordPolicy(settings).check(password, { email: asText(email), username: asText(username), roles: [] }, { policy }),
  );
}

function asText(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
