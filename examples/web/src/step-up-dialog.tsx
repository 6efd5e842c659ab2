import { useStepUp } from '@latchkey/client/react';
import type { Authenticators, OfferedFactor } from '@latchkey/client/sign-in';
import { useEffect, useRef, useState } from 'react';
import { latchkey } from './latchkey';
import { Proof } from './proof';

/**
 * Asks who is there, where the server wants a stronger or newer proof. The call that was refused waits, and goes on when the proof is right:
 * no other part of the app knows of this.
 */
export function StepUpDialog() {
  const stepUp = useStepUp(latchkey);
  const dialog = useRef<HTMLDialogElement>(null);
  const isOpen = stepUp !== null;
  const mine = useAuthenticators(isOpen);
  const isReady = isOpen && mine !== undefined;
  useEffect(() => {
    if (isReady && dialog.current?.open === false) dialog.current.showModal();
  }, [isReady]);
  if (stepUp === null || mine === undefined) return null;
  const { signIn, state } = stepUp;
  return (
    <dialog ref={dialog} aria-labelledby="step-up" onCancel={() => signIn.cancel()}>
      <h2 id="step-up">Confirm that it is you</h2>
      <p>What you are about to do is worth a second look.</p>
      {'factors' in state && <Proof signIn={signIn} state={{ ...state, factors: state.factors.filter((factor) => has(mine, factor)) }} />}
      {state.status === 'expired' && (
        <p className="problem" role="alert">
          That took too long. Please begin again.
        </p>
      )}
      <p className="other">
        <button type="button" className="link" onClick={() => signIn.cancel()}>
          Cancel
        </button>
      </p>
    </dialog>
  );
}

/** The account's own; undefined until they are known, null where the server does not say. */
function useAuthenticators(isWanted: boolean): Authenticators | null | undefined {
  const [mine, setMine] = useState<Authenticators | null>();
  useEffect(() => {
    if (!isWanted) return setMine(undefined);
    void latchkey.authenticators.list().then(({ data }) => setMine(data));
  }, [isWanted]);
  return mine;
}

/** Of first factors the server offers all that there are: it shows nobody what an account has. This app knows whose it is. */
function has(mine: Authenticators | null, { type, provider }: OfferedFactor): boolean {
  if (mine === null) return true;
  if (type === 'password') return mine.password;
  if (type === 'passkey') return mine.passkeys.length > 0;
  return type !== 'provider' || mine.identities.some((identity) => identity.provider === provider);
}
