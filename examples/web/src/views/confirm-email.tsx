import type { User } from '@latchkey/client';
import { Act, CodeField, EmailField, Form } from '../form';
import { latchkey, serverUrl } from '../latchkey';
import type { ViewProps } from '../navigation';
import { Page } from '../page';

const CALL = `const { error } = await latchkey
  .auth.confirmEmail({
    email, code,
  });
if (error) show(error.code);
else goTo('sign-in');`;

export function ConfirmEmail({ email, user, notice, go }: ViewProps & { user: User | null }) {
  const known = user?.email ?? email;
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
          const { error } = await latchkey.auth.confirmEmail(fields);
          if (error !== null) return error;
          go(user === null ? 'sign-in' : 'profile', { email: fields.email, notice: 'Your e-mail address is confirmed.' });
          return null;
        }}
      >
        {known === undefined ? <EmailField known={known} /> : <input type="hidden" name="email" value={known} />}
        <CodeField />
      </Form>
      {known !== undefined && (
        <Act label="Send a new code" done="A new code is on its way." act={() => latchkey.auth.resendConfirmation({ email: known })} />
      )}
      <p className="other">
        <a href={user === null ? '#/sign-in' : '#/profile'}>Later</a>
      </p>
    </Page>
  );
}
