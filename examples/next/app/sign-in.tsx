'use client';

import { useActionState } from 'react';
import { signIn } from './actions';

export function SignIn() {
  const [problem, action] = useActionState(signIn, null);
  return (
    <>
      <h1>Sign in</h1>
      {problem !== null && <p role="alert">{problem}</p>}
      <form action={action}>
        <label>
          E-mail address <input name="identifier" autoComplete="username" />
        </label>
        <label>
          Password <input name="password" type="password" autoComplete="current-password" />
        </label>
        <button>Sign in</button>
      </form>
    </>
  );
}
