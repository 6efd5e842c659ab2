import { Form, IdentifierField } from '../form';
import { latchkey } from '../latchkey';
import type { ViewProps } from '../navigation';
import { Page } from '../page';

// The same answer whether or not there is such an account.
const CALL = `const { error } = await latchkey
  .auth.forgotPassword({
    identifier,
  });
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
        <IdentifierField known={email} />
      </Form>
      <p className="other">
        <a href="#/sign-in">Back to signing in</a>
      </p>
    </Page>
  );
}
