import type { Result, User } from '@latchkey/client';
import { type ChangeEvent, useRef, useState } from 'react';
import { DeleteAccount } from '../delete-account';
import { Field, Form } from '../form';
import { latchkey } from '../latchkey';
import type { Go } from '../navigation';
import { Page } from '../page';
import { Portrait } from '../portrait';
import { toText } from '../problems';

const CALL = `const { user } =
  useSession(latchkey);

await latchkey.profile.update({
  firstName, lastName, username,
});
await latchkey.profile
  .setAvatar(file);`;

export function Profile({ user, notice, go }: { user: User; notice: string | undefined; go: Go }) {
  return (
    <Page title="Your profile" notice={notice} call={CALL}>
      {user.email !== null && !user.emailVerified && (
        <p className="hurdle">
          Your e-mail address is not confirmed yet. <a href="#/confirm-email">Confirm it</a>
        </p>
      )}
      <Picture user={user} />
      <section className="card">
        <h2>About you</h2>
        <Form<'firstName' | 'lastName' | 'username'>
          button="Save"
          done="Saved."
          send={async ({ firstName, lastName, username }) => {
            // Null clears what was there.
            const fields = { firstName: firstName || null, lastName: lastName || null, username: username || null };
            return (await latchkey.profile.update(fields)).error;
          }}
        >
          <div className="pair">
            <Field name="firstName" label="First name" autoComplete="given-name" defaultValue={user.firstName ?? ''} />
            <Field name="lastName" label="Last name" autoComplete="family-name" defaultValue={user.lastName ?? ''} />
          </div>
          <Field
            name="username"
            label="Username"
            hint="To sign in with instead of your e-mail address."
            autoComplete="username"
            autoCapitalize="none"
            defaultValue={user.username ?? ''}
          />
        </Form>
      </section>
      <DeleteAccount go={go} />
    </Page>
  );
}

function Picture({ user }: { user: User }) {
  const [news, setNews] = useState('');
  const [failure, setFailure] = useState('');
  const chooser = useRef<HTMLInputElement>(null);

  async function show(work: Promise<Result<unknown>>, done: string) {
    setNews('One moment …');
    const { error } = await work;
    setNews(error === null ? done : '');
    setFailure(error === null ? '' : toText(error));
    chooser.current?.focus();
  }

  function upload({ currentTarget }: ChangeEvent<HTMLInputElement>) {
    const file = currentTarget.files?.[0];
    if (file !== undefined) void show(latchkey.profile.setAvatar(file), 'That is your new picture.');
    // So that the same file can be chosen again.
    currentTarget.value = '';
  }

  return (
    <section className="card picture">
      <Portrait user={user} isLarge />
      <div>
        <h2>{[user.firstName, user.lastName].filter(Boolean).join(' ') || user.username || 'No name yet'}</h2>
        <p className="hint">
          {user.email} {user.emailVerified && <span className="badge">Confirmed</span>}
        </p>
        <div className="row">
          <label className="button second">
            <input ref={chooser} type="file" className="unseen" accept="image/png,image/jpeg,image/webp" onChange={upload} />
            {user.avatar === null ? 'Upload a picture' : 'Change picture'}
          </label>
          {user.avatar !== null && (
            <button type="button" className="link" onClick={() => void show(latchkey.profile.removeAvatar(), 'Your picture is gone.')}>
              Remove picture
            </button>
          )}
        </div>
        <p className="good" role="status">
          {news}
        </p>
        <p className="problem" role="alert">
          {failure}
        </p>
      </div>
    </section>
  );
}
