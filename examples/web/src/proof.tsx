import type { LatchkeyError, Session } from '@latchkey/client';
import type { OfferedFactor, SignIn, SignInFlow } from '@latchkey/client/sign-in';
import { useState } from 'react';
import { AppCodeField, Field, Form } from './form';
import { toText } from './problems';

type Way = OfferedFactor['type'];
type Flow = Pick<SignInFlow<Session>, 'password' | 'totp' | 'recoveryCode' | 'passkey'>;

/** In the order of preference. */
const WAYS: readonly Way[] = ['passkey', 'totp', 'password', 'recovery_code'];
const NAMES: Record<Way, string> = {
  passkey: 'Use a passkey',
  totp: 'Use an authenticator app',
  password: 'Use your password',
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
