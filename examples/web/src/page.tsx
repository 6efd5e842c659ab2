import { type ReactNode, useEffect, useRef } from 'react';
import { serverUrl } from './latchkey';

/** The first view of a visit leaves the focus where the browser puts it. */
let hasShownOne = false;

interface PageProps {
  title: string;
  notice?: string | undefined;
  /** Why somebody is here and not where they wanted to go. */
  failure?: string | undefined;
  /** The SDK's part in the view. */
  call: string;
  children: ReactNode;
}

/** One view: its heading takes the focus, and beside it is the call that makes it work. */
export function Page({ title, notice, failure, call, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} – Latchkey example`;
    if (hasShownOne) heading.current?.focus();
    hasShownOne = true;
  }, [title]);
  return (
    <>
      <main>
        <div className="notice" role="status">
          {notice !== undefined && <p>{notice}</p>}
        </div>
        <div role="alert">{failure !== undefined && <p className="summary">{failure}</p>}</div>
        <h1 tabIndex={-1} ref={heading}>
          {title}
        </h1>
        {children}
      </main>
      <aside aria-label="For developers">
        <p className="claim">Accounts and sessions for your frontend, on your own server.</p>
        <h2>The call behind this page</h2>
        <pre>
          <code>{coloured(call)}</code>
        </pre>
        <p>
          Everything here is made with <code>@latchkey/client</code>. All that the server can do is in the{' '}
          <a href={`${serverUrl}/docs`}>API reference</a>.
        </p>
      </aside>
    </>
  );
}

/** A part of a view: its heading, and a line of what it is for. */
export function Group({ title, about, children }: { title: string; about: string; children: ReactNode }) {
  return (
    <section className="card">
      <h2>{title}</h2>
      <p className="hint">{about}</p>
      {children}
    </section>
  );
}

function coloured(code: string): ReactNode[] {
  const parts = code.split(/('[^']*'|\b(?:const|await|if|else)\b)/);
  const colour = (part: string) => (part.startsWith("'") ? 'string' : 'keyword');
  return parts.map((part, index) => (index % 2 === 0 ? part : <span key={index} className={colour(part)} children={part} />));
}
