import { getRegistrationPolicy } from '@latchkey/client/operations';
import { useEffect, useState } from 'react';
import { EmailField, Form, NewPasswordField } from '../form';
import { latchkey, returnTo } from '../latchkey';
import type { ViewProps } from '../navigation';
import { Page } from '../page';
import { toText } from '../problems';
import { ProviderButtons } from '../providers';

const CALL = `const { error } = await latchkey
  .auth.signUp({
    email, password,
  });
if (error?.code === 'user.email_unproven')
  goTo('confirm-email', { newPassword: password });
else if (error) show(error.fields);
else goTo('confirm-email');`;

export function SignUp({ email, go }: ViewProps) {
  const isClosed = useIsClosed();
  if (isClosed) {
    return (
      <Page title="Create your account" call={CALL}>
        <p>Nobody can sign up here at the moment. Please ask the administrator for an account.</p>
        <p className="other">
          Already have an account? <a href="#/sign-in">Sign in</a>
        </p>
      </Page>
    );
  }
  return (
    <Page title="Create your account" call={CALL}>
      <Form<'email' | 'password'>
        button="Create account"
        send={async (fields) => {
          const { error } = await latchkey.auth.signUp(fields);
          if (error === null) go('confirm-email', { email: fields.email });
          if (error?.code !== 'user.email_unproven') return error;
          // With the code of the mail that has just gone out, whoever reads it takes the account over, with this password.
          go('confirm-email', { email: fields.email, notice: toText(error), proof: { newPassword: fields.password } });
          return null;
        }}
      >
        <EmailField known={email} />
        <NewPasswordField name="password" label="Password" />
      </Form>
      <ProviderButtons label="Continue with" go={(slug) => latchkey.signIn.provider(slug, { returnTo })} />
      <p className="other">
        Already have an account? <a href="#/sign-in">Sign in</a>
      </p>
    </Page>
  );
}

/** Whether the server takes no registrations. Until it says so, and where it cannot be asked, the form is shown. */
function useIsClosed(): boolean {
  const [isClosed, setIsClosed] = useState(false);
  useEffect(() => {
    void getRegistrationPolicy({ client: latchkey.api }).then(({ data }) => setIsClosed(data !== null && data.registration !== 'open'));
  }, []);
  return isClosed;
}
