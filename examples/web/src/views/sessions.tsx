import type { LatchkeyError, SessionView } from '@latchkey/client';
import { useEffect, useRef, useState } from 'react';
import { latchkey } from '../latchkey';
import { Page } from '../page';
import { toText } from '../problems';

const CALL = `const { sessions } = latchkey;

const { data, error } =
  await sessions.list();

await sessions.revoke(id);
await sessions.revokeOthers();`;

const TIME = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });

export function Sessions() {
  const [sessions, setSessions] = useState<readonly SessionView[]>([]);
  const [news, setNews] = useState('');
  const [failure, setFailure] = useState<LatchkeyError | null>(null);
  const status = useRef<HTMLParagraphElement>(null);

  async function load() {
    const { data, error } = await latchkey.sessions.list();
    setFailure(error);
    if (data !== null) setSessions(data);
  }
  useEffect(() => void load(), []);

  async function end(work: ReturnType<typeof latchkey.sessions.revoke>, done: string) {
    const { error } = await work;
    if (error === null) await load();
    else setFailure(error);
    setNews(error === null ? done : '');
    // The button that was pressed is gone with its session.
    status.current?.focus();
  }

  return (
    <Page title="Where you are signed in" call={CALL}>
      <p ref={status} role="status" tabIndex={-1} className={failure === null ? 'good' : 'problem'}>
        {failure === null ? news : toText(failure)}
      </p>
      <ul className="card sessions" hidden={sessions.length === 0}>
        {sessions.map(({ id, device, ip, createdAt, lastUsedAt, current }) => (
          <li key={id}>
            <div>
              <h2>
                {device} {current && <span className="badge">This device</span>}
              </h2>
              <p className="hint">
                Signed in {TIME.format(new Date(createdAt))} from {ip}
                <br />
                Last used {TIME.format(new Date(lastUsedAt))}
              </p>
            </div>
            {!current && (
              <button
                type="button"
                className="second"
                aria-label={`Sign out ${device}, last used ${TIME.format(new Date(lastUsedAt))}`}
                onClick={() => void end(latchkey.sessions.revoke(id), `${device} is signed out.`)}
              >
                Sign out
              </button>
            )}
          </li>
        ))}
      </ul>
      {sessions.length > 1 && (
        <button type="button" className="danger" onClick={() => void end(latchkey.sessions.revokeOthers(), 'You are signed in here only.')}>
          Sign out everywhere else
        </button>
      )}
    </Page>
  );
}
