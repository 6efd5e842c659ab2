import { useState } from 'react';
import { Act, CodeField, Field, Form, IdentifierField, NewPasswordField } from '../form';
import { latchkey } from '../latchkey';
import type { ViewProps } from '../navigation';
import { Page } from '../page';

const CALL = `const { error } = await latchkey
  .auth.resetPassword({
    identifier,
    code,
    newPassword,
  });
if (error) show(error.fields);
else goTo('sign-in');`;

export function ResetPassword({ email, go }: ViewProps) {
  const [needsFactor, setNeedsFactor] = useState(false);
  return (
    <Page title="Choose a new password" call={CALL}>
      {email !== undefined && (
        <p>
          If there is an account of <strong>{email}</strong>, a mail with a code is on its way.
        </p>
      )}
      <Form<'identifier' | 'code' | 'newPassword' | 'factor'>
        button="Set new password"
        about="factor"
        send={async ({ factor, ...fields }) => {
          const proof = needsFactor ? toProof(factor.trim()) : {};
          const { error } = await latchkey.auth.resetPassword({ ...fields, ...proof });
          if (error?.code === 'auth.second_factor_required') setNeedsFactor(true);
          if (error === null) go('sign-in', { email: fields.identifier, notice: 'Your new password is set. You can sign in with it.' });
          return error;
        }}
      >
        {email === undefined ? <IdentifierField known={email} /> : <input type="hidden" name="identifier" value={email} />}
        <CodeField />
        <NewPasswordField name="newPassword" label="New password" />
        {needsFactor && (
          <Field
            name="factor"
            label="Second factor"
            hint="Six digits from your authenticator app, or a recovery code. If you have neither, open the link in the mail: its page shows how to go on."
            autoComplete="one-time-code"
            required
          />
        )}
      </Form>
      {email !== undefined && (
        <Act label="Send a new code" done="A new code is on its way." act={() => latchkey.auth.forgotPassword({ identifier: email })} />
      )}
      <p className="other">
        <a href="#/sign-in">Back to signing in</a>
      </p>
    </Page>
  );
}

/** Six digits are of an authenticator app; anything else is a recovery code. */
function toProof(factor: string): { totp: string } | { recoveryCode: string } {
  return /^\d{6}$/.test(factor) ? { totp: factor } : { recoveryCode: factor };
}
