import type { User } from '@latchkey/client';
import { useState } from 'react';
import { Act, CodeField, EmailField, Field, Form, NewPasswordField } from '../form';
import { latchkey, serverUrl } from '../latchkey';
import type { ViewProps } from '../navigation';
import { Page } from '../page';

const CALL = `const { error } = await latchkey
  .auth.confirmEmail({
    email, code,
  });
if (error) show(error.code);
else goTo('sign-in');`;

export function ConfirmEmail({ email, user, notice, proof, go }: ViewProps & { user: User | null }) {
  const known = user?.email ?? email;
  // In another browser than the one that signed up, the code alone does not say whose account it is.
  const [asks, setAsks] = useState<'nothing' | 'password' | 'newPassword'>('nothing');
  return (
    <Page title="Confirm your address" notice={notice} call={CALL}>
      {known !== undefined && (
        <p>
          The code is in the mail to <strong>{known}</strong>.
        </p>
      )}
      {import.meta.env.DEV && (
        <p className="hint">
          While you develop, it arrives in the server’s <a href={`${serverUrl}/dev/mail`}>mailbox</a>.
        </p>
      )}
      <Form<'email' | 'code'>
        button="Confirm"
        send={async (fields) => {
          const { error } = await latchkey.auth.confirmEmail({ ...(asks === 'nothing' ? proof : {}), ...fields });
          if (error?.code === 'auth.proof_required' || error?.code === 'auth.bad_credentials') setAsks('password');
          if (error !== null) return error;
          go(user === null ? 'sign-in' : 'profile', { email: fields.email, notice: 'Your e-mail address is confirmed.' });
          return null;
        }}
      >
        {known === undefined ? <EmailField known={known} /> : <input type="hidden" name="email" value={known} />}
        <CodeField />
        {asks === 'password' && <Field name="password" label="Password" type="password" autoComplete="current-password" required />}
        {asks === 'newPassword' && <NewPasswordField name="newPassword" label="New password" />}
      </Form>
      {asks === 'password' && (
        <p className="other">
          <button type="button" className="link" onClick={() => setAsks('newPassword')}>
            I did not sign up myself, or have forgotten the password
          </button>
        </p>
      )}
      {known !== undefined && (
        <Act label="Send a new code" done="A new code is on its way." act={() => latchkey.auth.resendConfirmation({ email: known })} />
      )}
      <p className="other">
        <a href={user === null ? '#/sign-in' : '#/profile'}>Later</a>
      </p>
    </Page>
  );
}
