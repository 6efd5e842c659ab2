import { useState } from 'react';
import { Field, Form } from './form';
import { latchkey } from './latchkey';
import type { Go } from './navigation';
import { Group } from './page';
import { toText } from './problems';

/** Deletes the account, after a second thought. Where it has no password, the server asks for another proof, which the dialog of the app does. */
export function DeleteAccount({ go }: { go: Go }) {
  const [hasPassword, setHasPassword] = useState<boolean>();
  const [failure, setFailure] = useState('');
  async function begin() {
    const { data, error } = await latchkey.authenticators.list();
    setFailure(error === null ? '' : toText(error));
    setHasPassword(data?.password);
  }
  return (
    <Group title="Delete your account" about="With everything that is kept of it. This cannot be undone.">
      {hasPassword === undefined ? (
        <button type="button" className="danger" onClick={() => void begin()}>
          Delete my account
        </button>
      ) : (
        <Form<'password'>
          button="Delete it for good"
          about="password"
          send={async (fields) => {
            const { error } = await latchkey.profile.delete(hasPassword ? fields : {});
            if (error === null) go('sign-in', { email: '', notice: 'Your account is deleted.' });
            return error;
          }}
        >
          {hasPassword && <Field name="password" type="password" label="Password" autoComplete="current-password" required autoFocus />}
        </Form>
      )}
      <p className="problem" role="alert">
        {failure}
      </p>
    </Group>
  );
}
