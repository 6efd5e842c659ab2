import type { User } from '@latchkey/client';
import { useSession, useSignIn } from '@latchkey/client/react';
import { useState } from 'react';
import keyUrl from './key.svg';
import { latchkey } from './latchkey';
import { type Go, type Trip, type ViewName, type ViewProps, allowedView, useRequestedView } from './navigation';
import { Portrait } from './portrait';
import { RecoveryCodes } from './recovery-codes';
import { StepUpDialog } from './step-up-dialog';
import { toText } from './problems';
import { ConfirmEmail } from './views/confirm-email';
import { ForgotPassword } from './views/forgot-password';
import { Profile } from './views/profile';
import { ResetPassword } from './views/reset-password';
import { Security } from './views/security';
import { Sessions } from './views/sessions';
import { SignIn } from './views/sign-in';
import { SignUp } from './views/sign-up';

export function App() {
  const { status, user } = useSession(latchkey);
  const asked = useRequestedView();
  const [trip, setTrip] = useState<Trip>({});
  if (status === 'loading') return <p className="loading">One moment …</p>;

  const view = allowedView(asked, user);
  const go: Go = (to, news = {}) => {
    setTrip({ email: trip.email, ...news, to });
    location.hash = `/${to}`;
  };
  const { notice, proof } = trip.to === view ? trip : {};
  const props: ViewProps = { email: trip.email, notice, proof, go };
  return (
    <div className={user === null ? 'app outside' : 'app inside'}>
      <header>
        <p className="brand">
          <img src={keyUrl} width="32" alt="" /> Latchkey <span>example</span>
        </p>
        {user !== null && <Menu user={user} view={view} go={go} />}
      </header>
      {user === null ? <Outside key={view} view={view} {...props} /> : <Inside key={view} view={view} user={user} {...props} />}
      {user !== null && <StepUpDialog />}
    </div>
  );
}

function Outside({ view, ...props }: ViewProps & { view: ViewName }) {
  if (view === 'sign-up') return <SignUp {...props} />;
  if (view === 'confirm-email') return <ConfirmEmail user={null} {...props} />;
  if (view === 'forgot-password') return <ForgotPassword {...props} />;
  if (view === 'reset-password') return <ResetPassword {...props} />;
  return <SignIn {...props} />;
}

function Inside({ view, ...props }: ViewProps & { view: ViewName; user: User }) {
  const signIn = useSignIn(latchkey);
  // Of a second factor that was set up on the way in.
  if (signIn?.status === 'complete' && signIn.recoveryCodes !== undefined) {
    return <RecoveryCodes codes={signIn.recoveryCodes} onKept={() => latchkey.signIn.cancel()} />;
  }
  if (view === 'security') return <Security go={props.go} />;
  if (view === 'sessions') return <Sessions />;
  if (view === 'confirm-email') return <ConfirmEmail {...props} />;
  return <Profile user={props.user} notice={props.notice} go={props.go} />;
}

function Menu({ user, view, go }: { user: User; view: ViewName; go: Go }) {
  const [problem, setProblem] = useState('');
  async function signOut() {
    const { error } = await latchkey.auth.signOut();
    if (error === null) go('sign-in', { notice: 'You are signed out.' });
    else setProblem(toText(error));
  }
  return (
    <>
      <nav aria-label="Account">
        <a href="#/profile" aria-current={view === 'profile' ? 'page' : undefined}>
          Profile
        </a>
        <a href="#/security" aria-current={view === 'security' ? 'page' : undefined}>
          Security
        </a>
        <a href="#/sessions" aria-current={view === 'sessions' ? 'page' : undefined}>
          Sessions
        </a>
      </nav>
      <div className="who">
        <Portrait user={user} />
        <button type="button" className="second" onClick={() => void signOut()}>
          Sign out
        </button>
      </div>
      <p className="problem" role="alert">
        {problem}
      </p>
    </>
  );
}
