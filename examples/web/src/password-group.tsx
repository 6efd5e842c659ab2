import { useState } from 'react';
import { Field, Form, NewPasswordField } from './form';
import { latchkey } from './latchkey';
import type { Go } from './navigation';
import { Group } from './page';

/** Changes the password, or sets the first one of an account that does without. */
export function PasswordGroup({ has, go }: { has: boolean; go: Go }) {
  const [isOpen, setOpen] = useState(false);
  const about = has
    ? 'After a change you sign in again, here and everywhere else.'
    : 'This account has none, and needs none: you sign in with codes from your mail, passkeys and accounts elsewhere.';
  return (
    <Group title="Password" about={about}>
      {isOpen ? (
        <Form<'currentPassword' | 'newPassword'>
          button="Save password"
          about="currentPassword"
          send={async (fields) => {
            const { error } = await latchkey.profile.changePassword(fields);
            if (error === null) go('sign-in', { notice: 'Your password is set. Sign in with it.' });
            return error;
          }}
        >
          {has && <Field name="currentPassword" type="password" label="Password" autoComplete="current-password" required autoFocus />}
          <NewPasswordField name="newPassword" label="New password" />
        </Form>
      ) : (
        <button type="button" className="second" onClick={() => setOpen(true)}>
          {has ? 'Change the password' : 'Set a password'}
        </button>
      )}
    </Group>
  );
}
