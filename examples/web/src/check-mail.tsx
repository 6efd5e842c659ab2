import { useState } from 'react';
import { latchkey, returnTo } from './latchkey';
import { Page } from './page';
import { toText } from './problems';
import { EmailCodeProof } from './proof';

const CALL = `await latchkey.signIn.start({ identifier });
const { data } = await latchkey
  .signIn.emailCode.send();

await latchkey.signIn
  .emailCode.verify(code);`;

/** Asks for the code that is on its way. @param to where it has gone, in part */
export function CheckMail({ to }: { to: string }) {
  return (
    <Page title="Check your mail" call={CALL}>
      <EmailCodeProof signIn={latchkey.signIn} to={to} />
      <StartAnew />
    </Page>
  );
}

export function StartAnew() {
  return (
    <p className="other">
      <button type="button" className="link" onClick={() => latchkey.signIn.cancel()}>
        Sign in as somebody else
      </button>
    </p>
  );
}

interface ByEmailCodeProps {
  label: string;
  /** The field of the form that says whose mailbox it is. */
  field: 'identifier' | 'email';
  onSent: (to: string) => void;
}

/** Has a code mailed to the address in the form, which needs no password then; it also makes an account for an address that nobody has. */
export function ByEmailCode({ label, field, onSent }: ByEmailCodeProps) {
  const [failure, setFailure] = useState<string | null>(null);
  async function send() {
    const input = document.querySelector<HTMLInputElement>(`input[name="${field}"]`);
    const identifier = input?.value.trim() ?? '';
    if (identifier === '') {
      setFailure('Enter your address first.');
      input?.focus();
      return;
    }
    const started = await latchkey.signIn.start({ identifier, returnTo });
    const sent = started.error === null ? await latchkey.signIn.emailCode.send() : started;
    if (sent.error !== null) return setFailure(toText(sent.error));
    onSent('maskedTo' in sent.data && sent.data.maskedTo !== undefined ? sent.data.maskedTo : 'your address');
  }
  return (
    <div className="act">
      <button type="button" className="second wide" onClick={() => void send()}>
        {label}
      </button>
      <p className="problem" role="alert">
        {failure}
      </p>
    </div>
  );
}
