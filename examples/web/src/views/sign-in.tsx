import type { LatchkeyError } from '@latchkey/client';
import { useSignIn } from '@latchkey/client/react';
import { hasPasskeys } from '@latchkey/client/sign-in';
import { useEffect, useState } from 'react';
import { cameBack, forgetOutcome } from '../came-back';
import { ByEmailCode, CheckMail, StartAnew } from '../check-mail';
import { Field, Form, IdentifierField, NewPasswordField } from '../form';
import { latchkey, returnTo } from '../latchkey';
import type { ViewProps } from '../navigation';
import { Page } from '../page';
import { sentenceOf, toText } from '../problems';
import { ProviderButtons } from '../providers';
import { Proof } from '../proof';
import { Enrollment } from './enrollment';

const CALL = `const { data, error } = await latchkey
  .signIn.start({ identifier, password });
if (error) show(error.code);

// In the autofill of the first field:
await latchkey.signIn
  .passkey({ autofill: true, signal });

// A button of a provider:
await latchkey.signIn
  .provider('google', { returnTo });`;

const SECOND_CALL = `const signIn = useSignIn(latchkey);

if (signIn.status ===
    'needs_second_factor')
  await latchkey.signIn
    .totp(code, { trustDevice });`;

const PASSWORD_CALL = `await latchkey.signIn
  .newPassword(newPassword);`;

const LINK_CALL = `if (signIn.status === 'needs_link')
  // The account that has the
  // address of signIn.link:
  await latchkey.signIn
    .password(password);`;

/** Shows what the sign-in waits for; when it is complete, the session changes, and with it what the app shows. */
export function SignIn(props: ViewProps) {
  const signIn = useSignIn(latchkey);
  const [codeTo, setCodeTo] = useState<string | null>(null);
  const [whyBack] = useState(whyWithoutSession);
  useEffect(resumeWhenBack, []);
  useEffect(() => forgetOutcome, []);
  if (signIn?.status === 'needs_first_factor' && codeTo !== null) return <CheckMail to={codeTo} />;
  if (signIn?.status === 'needs_second_factor') {
    return (
      <Page title="One more step" call={SECOND_CALL}>
        <Proof signIn={latchkey.signIn} state={signIn} trusts />
        <StartAnew />
      </Page>
    );
  }
  if (signIn?.status === 'needs_link') {
    return (
      <Page title="You have an account already" call={LINK_CALL}>
        <p>
          Somebody here has the address {signIn.link?.email}. Sign in to that account once, and it is linked: from then on you get in either
          way.
        </p>
        <Proof signIn={latchkey.signIn} state={signIn} />
        <StartAnew />
      </Page>
    );
  }
  if (signIn?.status === 'needs_enrollment') return <Enrollment state={signIn} />;
  if (signIn?.status === 'needs_new_password') {
    return (
      <Page title="Choose a new password" call={PASSWORD_CALL}>
        <p>Your password is right, but does not keep the rules any more.</p>
        <Form<'newPassword'>
          button="Set new password"
          send={async ({ newPassword }) => (await latchkey.signIn.newPassword(newPassword)).error}
        >
          <NewPasswordField name="newPassword" label="New password" />
        </Form>
        <StartAnew />
      </Page>
    );
  }
  const failure = signIn?.status === 'expired' ? 'That took too long. Please sign in again.' : whyBack;
  return <FirstFactor {...props} failure={failure} onCode={setCodeTo} />;
}

/** Goes on with what a provider, or the page behind a mailed link, leads back to. */
function resumeWhenBack(): void {
  if (cameBack.signIn !== undefined) void latchkey.signIn.resume({ id: cameBack.signIn });
}

/** Why somebody is back from a provider without being signed in. */
function whyWithoutSession(): string | undefined {
  return cameBack.error === undefined ? undefined : sentenceOf(cameBack.error);
}

interface FirstFactorProps extends ViewProps {
  failure: string | undefined;
  onCode: (to: string) => void;
}

function FirstFactor({ email, notice, failure, go, onCode }: FirstFactorProps) {
  return (
    <Page title="Sign in" notice={notice} failure={failure} call={CALL}>
      <Form<'identifier' | 'password'>
        button="Sign in"
        send={async (credentials) => {
          const { identifier: email, password } = credentials;
          const { error } = await latchkey.signIn.start(credentials);
          if (error?.code !== 'auth.unverified' || !email.includes('@')) return error;
          const again = await latchkey.auth.resendConfirmation({ email });
          if (again.error === null) go('confirm-email', { email, proof: { password } });
          return again.error;
        }}
      >
        <IdentifierField known={email} autoComplete="username webauthn" />
        <Field name="password" type="password" label="Password" autoComplete="current-password webauthn" required />
      </Form>
      <ByPasskey />
      <ByEmailCode label="E-mail me a code" field="identifier" onSent={onCode} />
      <ProviderButtons label="Continue with" go={(slug) => latchkey.signIn.provider(slug, { returnTo })} />
      <p className="other">
        <a href="#/forgot-password">Forgotten your password?</a>
      </p>
      <p className="other">
        New here? <a href="#/sign-up">Create an account</a>
      </p>
    </Page>
  );
}

/** Offers passkeys in the autofill of the form, and by a button. */
function ByPasskey() {
  const [failure, setFailure] = useState<LatchkeyError | null>(null);
  useEffect(() => {
    const controller = new AbortController();
    void latchkey.signIn.passkey({ autofill: true, signal: controller.signal }).then(({ error }) => setFailure(error));
    return () => controller.abort();
  }, []);
  if (!hasPasskeys()) return null;
  return (
    <div className="act">
      <button type="button" className="second wide" onClick={() => void latchkey.signIn.passkey().then(({ error }) => setFailure(error))}>
        Sign in with a passkey
      </button>
      <p className="problem" role="alert">
        {failure !== null && toText(failure)}
      </p>
    </div>
  );
}
