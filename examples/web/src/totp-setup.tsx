import type { LatchkeyError } from '@latchkey/client';
import type { NewTotp } from '@latchkey/client/sign-in';
import { AppCodeField, Form } from './form';

interface TotpSetupProps {
  totp: NewTotp;
  confirm: (code: string) => Promise<LatchkeyError | null>;
}

/** A QR code for an authenticator app, and the field for the first code of it. */
export function TotpSetup({ totp: { qrSvg, secret, otpauthUrl }, confirm }: TotpSetupProps) {
  return (
    <>
      <p>Scan this with an authenticator app, such as the one of your password manager, and type the code that it shows.</p>
      <img
        className="qr"
        width="200"
        height="200"
        alt="QR code for an authenticator app"
        src={`data:image/svg+xml,${encodeURIComponent(qrSvg)}`}
      />
      <p className="hint">
        On this device: <a href={otpauthUrl}>open your authenticator app</a>. Or type the key: <code className="key">{secret}</code>
      </p>
      <Form<'code'> button="Confirm" about="code" send={({ code }) => confirm(code)}>
        <AppCodeField name="code" />
      </Form>
    </>
  );
}
