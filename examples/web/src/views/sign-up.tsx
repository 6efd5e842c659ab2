import { type RegistrationPolicyView, getRegistrationPolicy } from '@latchkey/client/operations';
import { useSignIn } from '@latchkey/client/react';
import { useEffect, useState } from 'react';
import { ByEmailCode, CheckMail } from '../check-mail';
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

/** What is said in place of the form where not anybody can sign up. */
const REFUSALS: Partial<Record<RegistrationPolicyView['registration'], string>> = {
  closed: 'Nobody can sign up here at the moment. Please ask the administrator for an account.',
  invited: 'Only invited people can sign up here. If you are one of them, sign in by the address that was invited: no password is needed.',
};

export function SignUp({ email, go }: ViewProps) {
  const refusal = useRefusal();
  const signIn = useSignIn(latchkey);
  const [codeTo, setCodeTo] = useState<string | null>(null);
  if (signIn?.status === 'needs_first_factor' && codeTo !== null) return <CheckMail to={codeTo} />;
  if (refusal !== undefined) {
    return (
      <Page title="Create your account" call={CALL}>
        <p>{refusal}</p>
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
      <ByEmailCode label="Sign up without a password" field="email" onSent={setCodeTo} />
      <ProviderButtons label="Continue with" go={(slug) => latchkey.signIn.provider(slug, { returnTo })} />
      <p className="other">
        Already have an account? <a href="#/sign-in">Sign in</a>
      </p>
    </Page>
  );
}

/** Why the server takes no registrations. Until it says so, and where it cannot be asked, the form is shown. */
function useRefusal(): string | undefined {
  const [refusal, setRefusal] = useState<string>();
  useEffect(() => {
    void getRegistrationPolicy({ client: latchkey.api }).then(({ data }) =>
      setRefusal(data === null ? undefined : REFUSALS[data.registration]),
    );
  }, []);
  return refusal;
}
