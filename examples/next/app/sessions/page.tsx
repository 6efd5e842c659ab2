import Link from 'next/link';
import { redirect } from 'next/navigation';
import { latchkey } from '../../latchkey';

export default async function Page() {
  const client = await latchkey.client();
  const { data, error } = await client.sessions.list();
  if (error !== null) redirect('/');
  return (
    <>
      <h1>Sessions</h1>
      <ul>
        {data.map(({ id, device, current }) => (
          <li key={id}>
            {device}
            {current && ', this one'}
          </li>
        ))}
      </ul>
      <p>
        <Link href="/">Account</Link>
      </p>
    </>
  );
}
