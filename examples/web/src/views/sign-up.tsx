import { Field, Form } from '../form';
import { latchkey } from '../latchkey';
import { Page } from '../page';
import type { ViewProps } from './view';

const CALL = `const { error } = await latchkey.auth
  .signUp({ email, password });

if (error) show(error.code, error.fields);
else goTo('confirm-email');`;

export function SignUp({ email, go }: ViewProps) {
  return (
    <Page title="Create your account" call={CALL}>
      <Form<'email' | 'password'>
        button="Create account"
        send={async (fields) => {
          const { error } = await latchkey.auth.signUp(fields);
          if (error === null) go('confirm-email', { email: fields.email });
          return error;
        }}
      >
        <Field name="email" type="email" label="E-mail address" autoComplete="email" defaultValue={email} required />
        <Field
          name="password"
          type="password"
          label="Password"
          hint="At least 15 characters. A sentence of your own works well."
          autoComplete="new-password"
          required
        />
      </Form>
      <p className="other">
        Already have an account? <a href="#/sign-in">Sign in</a>
      </p>
    </Page>
  );
}
