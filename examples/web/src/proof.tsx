import type { LatchkeyError, Session } from '@latchkey/client';
import type { OfferedFactor, SignIn, SignInFlow } from '@latchkey/client/sign-in';
import { useState } from 'react';
import { AppCodeField, CodeField, Field, Form } from './form';
import { returnTo } from './latchkey';
import { toText } from './problems';
import { ProviderButtons } from './providers';

type Way = OfferedFactor['type'];
type Flow = Pick<SignInFlow<Session>, 'password' | 'totp' | 'recoveryCode' | 'passkey' | 'emailCode' | 'provider'>;

/** In the order of preference. */
const WAYS: readonly Way[] = ['passkey', 'totp', 'password', 'email_code', 'recovery_code'];
const NAMES: Partial<Record<Way, string>> = {
  passkey: 'Use a passkey',
  totp: 'Use an authenticator app',
  password: 'Use your password',
  email_code: 'E-mail me a code',
  recovery_code: 'Use a recovery code',
};

interface ProofProps {
  signIn: Flow;
  state: Extract<SignIn, { factors: unknown }>;
  /** Whether the device may be trusted: at signing in, not where somebody is to prove themselves again. */
  trusts?: boolean;
}

/** Asks for one of the factors that the sign-in waits for; the others are a click away. */
export function Proof({ signIn, state, trusts = false }: ProofProps) {
  const ways = WAYS.filter((way) => state.factors.some(({ type }) => type === way));
  const [chosen, setChosen] = useState<Way>();
  const way = chosen ?? ways.find((each) => each === 'totp') ?? ways[0];
  return (
    <>
      {way !== undefined && <OneWay key={way} way={way} signIn={signIn} trusts={trusts} />}
      {ways
        .filter((each) => each !== way)
        .map((each) => (
          <p className="other" key={each}>
            <button type="button" className="link" onClick={() => setChosen(each)}>
              {NAMES[each]}
            </button>
          </p>
        ))}
      <ProviderButtons
        label="Use"
        only={state.factors.flatMap(({ provider }) => provider ?? [])}
        go={(slug) => signIn.provider(slug, { returnTo })}
      />
    </>
  );
}

function OneWay({ way, signIn, trusts }: { way: Way; signIn: Flow; trusts: boolean }) {
  if (way === 'passkey') return <PasskeyProof signIn={signIn} trusts={trusts} />;
  if (way === 'totp') {
    return (
      <Form<'totp' | 'trust'>
        button="Continue"
        about="totp"
        send={async ({ totp, trust }) => (await signIn.totp(totp, { trustDevice: trust === 'on' })).error}
      >
        <AppCodeField name="totp" />
        {trusts && <TrustBox />}
      </Form>
    );
  }
  if (way === 'password') {
    return (
      <Form<'password'> button="Continue" about="password" send={async ({ password }) => (await signIn.password(password)).error}>
        <Field name="password" type="password" label="Password" autoComplete="current-password" required />
      </Form>
    );
  }
  if (way === 'email_code') return <EmailCodeProof signIn={signIn} />;
  return (
    <Form<'recoveryCode'>
      button="Continue"
      about="recoveryCode"
      send={async ({ recoveryCode }) => (await signIn.recoveryCode(recoveryCode)).error}
    >
      <Field
        name="recoveryCode"
        label="Recovery code"
        hint="One of those that you were shown. It works once."
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        required
      />
    </Form>
  );
}

/** Has a code mailed, and then asks for it. @param to where one has gone already, in part */
export function EmailCodeProof({ signIn, to = null }: { signIn: Pick<Flow, 'emailCode'>; to?: string | null }) {
  const [sentTo, setSentTo] = useState(to);
  const [failure, setFailure] = useState<LatchkeyError | null>(null);
  const send = async (): Promise<void> => {
    const { data, error } = await signIn.emailCode.send();
    setFailure(error);
    if (error === null) setSentTo(data.maskedTo ?? 'your address');
  };
  if (sentTo === null) {
    return (
      <div className="field">
        <button type="button" className="second wide" onClick={() => void send()}>
          E-mail me a code
        </button>
        <p className="problem" role="alert">
          {failure !== null && toText(failure)}
        </p>
      </div>
    );
  }
  return (
    <>
      <p role="status">We have sent a code to {sentTo}. The link in the mail works, too.</p>
      <Form<'code'> button="Continue" about="code" send={async ({ code }) => (await signIn.emailCode.verify(code)).error}>
        <CodeField />
      </Form>
      <p className="other">
        <button type="button" className="link" onClick={() => void send()}>
          Send another one
        </button>
      </p>
      <p className="problem" role="alert">
        {failure !== null && toText(failure)}
      </p>
    </>
  );
}

function PasskeyProof({ signIn, trusts }: { signIn: Flow; trusts: boolean }) {
  const [failure, setFailure] = useState<LatchkeyError | null>(null);
  const [isTrusted, setTrusted] = useState(false);
  return (
    <div className="field">
      <p>Your browser asks for your fingerprint, your face or the PIN of this device.</p>
      {trusts && <TrustBox onChange={setTrusted} />}
      <div className="row">
        <button type="button" onClick={() => void signIn.passkey({ trustDevice: isTrusted }).then(({ error }) => setFailure(error))}>
          Use a passkey
        </button>
      </div>
      <p className="problem" role="alert">
        {failure !== null && toText(failure)}
      </p>
    </div>
  );
}

function TrustBox({ onChange }: { onChange?: (isTrusted: boolean) => void }) {
  return (
    <label className="check">
      <input type="checkbox" name="trust" onChange={({ currentTarget }) => onChange?.(currentTarget.checked)} />
      Trust this device: ask only for the password next time
    </label>
  );
}
