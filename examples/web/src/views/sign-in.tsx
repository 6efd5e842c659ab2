import { Field, Form, IdentifierField } from '../form';
import { latchkey } from '../latchkey';
import type { ViewProps } from '../navigation';
import { Page } from '../page';

const CALL = `const { error } = await latchkey
  .auth.signInWithPassword({
    identifier, password,
  });
if (error) show(error.code);
// useSession says who it is.`;

export function SignIn({ email, notice, go }: ViewProps) {
  return (
    <Page title="Sign in" notice={notice} call={CALL}>
      <Form<'identifier' | 'password'>
        button="Sign in"
        send={async (credentials) => {
          // Nothing to do when it works: the session changes, and with it what the app shows.
          const { identifier: email, password } = credentials;
          const { error } = await latchkey.auth.signInWithPassword(credentials);
          if (error?.code !== 'auth.unverified' || !email.includes('@')) return error;
          const again = await latchkey.auth.resendConfirmation({ email });
          if (again.error === null) go('confirm-email', { email, proof: { password } });
          return again.error;
        }}
      >
        <IdentifierField known={email} />
        <Field name="password" type="password" label="Password" autoComplete="current-password" required />
      </Form>
      <p className="other">
        <a href="#/forgot-password">Forgotten your password?</a>
      </p>
      <p className="other">
        New here? <a href="#/sign-up">Create an account</a>
      </p>
    </Page>
  );
}
