import Link from 'next/link';
import { latchkey } from '../latchkey';
import { saveName, signOut } from './actions';
import { SignIn } from './sign-in';

export default async function Page() {
  const client = await latchkey.client();
  const { data, error } = await client.auth.getUser();
  if (error !== null) {
    if (error.code === 'client.signed_out' || error.status === 401) return <SignIn />;
    throw error;
  }
  return (
    <>
      <h1>Signed in as {data.user.email}</h1>
      <form action={saveName}>
        <label>
          First name <input name="firstName" defaultValue={data.user.firstName ?? ''} key={data.user.firstName} />
        </label>
        <button>Save</button>
      </form>
      <p>
        <Link href="/sessions">Sessions</Link>
      </p>
      <form action={signOut}>
        <button>Sign out</button>
      </form>
    </>
  );
}
