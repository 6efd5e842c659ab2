import { Field, Form } from '../form';
import { latchkey } from '../latchkey';
import { Page } from '../page';
import type { ViewProps } from './view';

const CALL = `const { error } = await latchkey.auth
  .forgotPassword({ identifier });

// The same answer whether or not
// there is such an account.
if (error) show(error.code);
else goTo('reset-password');`;

export function ForgotPassword({ email, go }: ViewProps) {
  return (
    <Page title="Forgotten your password?" call={CALL}>
      <p>Say whose account it is. If there is one, a mail with a code goes to its owner.</p>
      <Form<'identifier'>
        button="Send the code"
        send={async ({ identifier }) => {
          const { error } = await latchkey.auth.forgotPassword({ identifier });
          if (error === null) go('reset-password', { email: identifier });
          return error;
        }}
      >
        <Field
          name="identifier"
          label="E-mail address or username"
          autoComplete="username"
          autoCapitalize="none"
          defaultValue={email}
          required
        />
      </Form>
      <p className="other">
        <a href="#/sign-in">Back to signing in</a>
      </p>
    </Page>
  );
}
