import { Act, CodeField, Field, Form, KnownField } from '../form';
import { latchkey } from '../latchkey';
import { Page } from '../page';
import type { ViewProps } from './view';

const CALL = `const { error } = await latchkey.auth
  .resetPassword({
    identifier, code, newPassword,
  });

// Every session has ended: whoever
// knew the old password is out.
if (error) show(error.code, error.fields);
else goTo('sign-in');`;

export function ResetPassword({ email, go }: ViewProps) {
  return (
    <Page title="Choose a new password" call={CALL}>
      {email !== undefined && (
        <p>
          If there is an account of <strong>{email}</strong>, a mail with a code is on its way.
        </p>
      )}
      <Form<'identifier' | 'code' | 'newPassword'>
        button="Set new password"
        send={async (fields) => {
          const { error } = await latchkey.auth.resetPassword(fields);
          if (error === null) go('sign-in', { email: fields.identifier, notice: 'Your new password is set. You can sign in with it.' });
          return error;
        }}
      >
        <KnownField
          value={email}
          name="identifier"
          label="E-mail address or username"
          autoComplete="username"
          autoCapitalize="none"
          required
        />
        <CodeField />
        <Field
          name="newPassword"
          type="password"
          label="New password"
          hint="At least 15 characters. A sentence of your own works well."
          autoComplete="new-password"
          required
        />
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
