import { useStepUp } from '@latchkey/client/react';
import { useEffect, useRef } from 'react';
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
  useEffect(() => {
    if (isOpen && dialog.current?.open === false) dialog.current.showModal();
  }, [isOpen]);
  if (stepUp === null) return null;
  const { signIn, state } = stepUp;
  return (
    <dialog ref={dialog} aria-labelledby="step-up" onCancel={() => signIn.cancel()}>
      <h2 id="step-up">Confirm that it is you</h2>
      <p>What you are about to do is worth a second look.</p>
      {'factors' in state && <Proof signIn={signIn} state={state} />}
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
