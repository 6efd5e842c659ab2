import type { LatchkeyError } from '@latchkey/client';
import { type DeviceView, forgetDevice, listDevices } from '@latchkey/client/operations';
import { type Authenticators, type NewTotp, hasPasskeys } from '@latchkey/client/sign-in';
import { useEffect, useRef, useState } from 'react';
import { cameBack, forgetOutcome } from '../came-back';
import { Field, Form } from '../form';
import { Identities } from '../identities';
import { latchkey } from '../latchkey';
import type { Go } from '../navigation';
import { Group, Page } from '../page';
import { PasswordGroup } from '../password-group';
import { sentenceOf, toText } from '../problems';
import { RecoveryCodes } from '../recovery-codes';
import { TotpSetup } from '../totp-setup';

const CALL = `const mine =
  latchkey.authenticators;

await mine.addPasskey();
await mine.addTotp('Phone');
await mine.remove(id);

await latchkey.identities
  .link('google', { returnTo });

// Has a dialog ask for
// a proof, and goes on:
useStepUp(latchkey);`;

const DAY = new Intl.DateTimeFormat('en', { dateStyle: 'medium' });

type Answer = Promise<{ error: LatchkeyError | null }>;

interface Outcome {
  isGood: boolean;
  text: string;
}

/** What came of a way to a provider. */
function firstOutcome(): Outcome {
  if (cameBack.identity !== undefined) return { isGood: true, text: 'The account is linked.' };
  const isFailure = cameBack.signIn === undefined && cameBack.error !== undefined;
  return isFailure ? { isGood: false, text: sentenceOf(cameBack.error ?? '') } : { isGood: true, text: '' };
}

/** How the account is signed in to: passkeys, authenticator apps, accounts at providers, the password, recovery codes, devices that are trusted. */
export function Security({ go }: { go: Go }) {
  const [mine, setMine] = useState<Authenticators | null>(null);
  const [devices, setDevices] = useState<readonly DeviceView[]>([]);
  const [totp, setTotp] = useState<NewTotp>();
  const [codes, setCodes] = useState<readonly string[]>();
  const [outcome, setOutcome] = useState<Outcome>(firstOutcome);
  const status = useRef<HTMLParagraphElement>(null);

  async function load() {
    const [listed, remembered] = await Promise.all([latchkey.authenticators.list(), listDevices({ client: latchkey.api })]);
    if (listed.data !== null) setMine(listed.data);
    if (remembered.data !== null) setDevices(remembered.data.data);
    const error = listed.error ?? remembered.error;
    if (error !== null) setOutcome({ isGood: false, text: toText(error) });
  }
  useEffect(() => void load(), []);
  useEffect(() => forgetOutcome, []);

  /** Says what became of it. What was pressed may be gone, so the focus goes to what is said. */
  async function tell(work: Answer, done: string) {
    const { error } = await work;
    setOutcome(error === null ? { isGood: true, text: done } : { isGood: false, text: toText(error) });
    if (error === null) await load();
    status.current?.focus();
  }

  async function addPasskey(): Answer {
    const result = await latchkey.authenticators.addPasskey();
    setCodes(result.data?.recoveryCodes ?? undefined);
    return result;
  }

  async function addTotp() {
    const { data, error } = await latchkey.authenticators.addTotp();
    if (error === null) setTotp(data);
    else setOutcome({ isGood: false, text: toText(error) });
  }

  async function confirm({ id }: NewTotp, code: string): Promise<LatchkeyError | null> {
    const { data, error } = await latchkey.authenticators.confirmTotp(id, code);
    if (error !== null) return error;
    setTotp(undefined);
    setCodes(data.recoveryCodes ?? undefined);
    await tell(Promise.resolve({ error }), 'Your authenticator app is set up.');
    return null;
  }

  async function newCodes(): Answer {
    const result = await latchkey.authenticators.newRecoveryCodes();
    setCodes(result.data?.recoveryCodes);
    return result;
  }

  if (codes !== undefined) return <RecoveryCodes codes={codes} onKept={() => setCodes(undefined)} />;
  return (
    <Page title="Security" call={CALL}>
      <p ref={status} role="status" tabIndex={-1} className={outcome.isGood ? 'good' : 'problem'}>
        {outcome.text}
      </p>
      {mine !== null && (
        <>
          <Group
            title="Passkeys"
            about="Sign in with your fingerprint, your face or the PIN of a device. No password is needed, and none can be stolen."
          >
            <Things things={mine.passkeys} tell={tell} />
            {hasPasskeys() && (
              <button type="button" onClick={() => void tell(addPasskey(), 'Your passkey is ready.')}>
                Add a passkey
              </button>
            )}
          </Group>
          <Group title="Authenticator apps" about="After your password, sign-ins ask for six digits that the app shows.">
            <Things things={mine.totp} tell={tell} />
            {totp === undefined ? (
              <button type="button" className="second" onClick={() => void addTotp()}>
                Set up an authenticator app
              </button>
            ) : (
              <TotpSetup totp={totp} confirm={(code) => confirm(totp, code)} />
            )}
          </Group>
          <Identities identities={mine.identities} tell={tell} />
          <PasswordGroup has={mine.password} go={go} />
          {mine.totp.length + mine.passkeys.length > 0 && (
            <Group title="Recovery codes" about={`For the day when all else is lost. ${mine.recoveryCodes.left} are left.`}>
              <button type="button" className="second" onClick={() => void tell(newCodes(), 'The former recovery codes are void.')}>
                New recovery codes
              </button>
            </Group>
          )}
        </>
      )}
      {devices.length > 0 && (
        <Group title="Trusted devices" about="Here only the password is asked for.">
          <ul className="things">
            {devices.map(({ id, device, trustedUntil }) => (
              <li key={id}>
                <div>
                  <h3>{device}</h3>
                  <p className="hint">Until {DAY.format(new Date(trustedUntil))}</p>
                </div>
                <button
                  type="button"
                  className="second"
                  aria-label={`Forget ${device}`}
                  onClick={() => void tell(forgetDevice({ client: latchkey.api, path: { id } }), `${device} is forgotten.`)}
                >
                  Forget
                </button>
              </li>
            ))}
          </ul>
        </Group>
      )}
    </Page>
  );
}

interface Thing {
  id: string;
  name: string;
  createdAt: string;
  lastUsedAt?: string | null;
}

function Things({ things, tell }: { things: readonly Thing[]; tell: (work: Answer, done: string) => Promise<void> }) {
  const [renamed, setRenamed] = useState<string>();
  return (
    <ul className="things" hidden={things.length === 0}>
      {things.map(({ id, name, createdAt, lastUsedAt }) => (
        <li key={id}>
          {renamed === id ? (
            <Form<'name'>
              button="Save"
              send={async (fields) => {
                const { error } = await latchkey.authenticators.rename(id, fields.name);
                if (error !== null) return error;
                setRenamed(undefined);
                await tell(Promise.resolve({ error }), `It is called ${fields.name} now.`);
                return null;
              }}
            >
              <Field name="name" label="Name" defaultValue={name} maxLength={60} required autoFocus />
            </Form>
          ) : (
            <>
              <div>
                <h3>{name}</h3>
                <p className="hint">
                  Since {DAY.format(new Date(createdAt))}
                  {lastUsedAt && `, last used ${DAY.format(new Date(lastUsedAt))}`}
                </p>
              </div>
              <div className="row">
                <button type="button" className="second" aria-label={`Rename ${name}`} onClick={() => setRenamed(id)}>
                  Rename
                </button>
                <button
                  type="button"
                  className="second"
                  aria-label={`Remove ${name}`}
                  onClick={() => void tell(latchkey.authenticators.remove(id), `${name} is removed.`)}
                >
                  Remove
                </button>
              </div>
            </>
          )}
        </li>
      ))}
    </ul>
  );
}
