import type { NeedsEnrollment, NewTotp } from '@latchkey/client/sign-in';
import { useState } from 'react';
import { Act } from '../form';
import { latchkey } from '../latchkey';
import { Page } from '../page';
import { TotpSetup } from '../totp-setup';

const CALL = `const { data } = await latchkey
  .signIn.enrollTotp('Phone');
showQrCode(data.qrSvg);

await latchkey.signIn
  .confirmTotp(data.id, code);

// or
await latchkey.signIn.enrollPasskey();`;

/** The account has to have a second factor before it signs in. */
export function Enrollment({ state }: { state: NeedsEnrollment }) {
  const [totp, setTotp] = useState<NewTotp>();
  const offers = (type: string) => state.factors.some((factor) => factor.type === type);
  return (
    <Page title="Protect your account" call={CALL}>
      <p>This account has to be protected by more than a password. Set up one more way now; it takes a minute.</p>
      {totp !== undefined ? (
        <TotpSetup totp={totp} confirm={async (code) => (await latchkey.signIn.confirmTotp(totp.id, code)).error} />
      ) : (
        <>
          {offers('passkey') && <Act label="Create a passkey" look="wide" done="" act={() => latchkey.signIn.enrollPasskey()} />}
          {offers('totp') && (
            <Act
              label="Use an authenticator app"
              look={offers('passkey') ? 'second wide' : 'wide'}
              done=""
              act={async () => {
                const result = await latchkey.signIn.enrollTotp();
                if (result.data !== null) setTotp(result.data);
                return result;
              }}
            />
          )}
        </>
      )}
      <p className="other">
        <button type="button" className="link" onClick={() => latchkey.signIn.cancel()}>
          Not now
        </button>
      </p>
    </Page>
  );
}
