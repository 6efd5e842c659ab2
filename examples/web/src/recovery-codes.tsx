import { useState } from 'react';
import { Page } from './page';

const CALL = `const { data } = await latchkey
  .authenticators.confirmTotp(id, code);

// With the first second factor, once:
show(data.recoveryCodes);`;

/** Recovery codes, which are shown once: this page goes only when somebody says that they have them. */
export function RecoveryCodes({ codes, onKept }: { codes: readonly string[]; onKept: () => void }) {
  const [isCopied, setCopied] = useState(false);
  const text = codes.join('\n');
  return (
    <Page title="Your recovery codes" call={CALL}>
      <p>
        Each of them signs you in once, when your phone or your passkey is lost. Keep them where you keep important papers: they are shown
        only now.
      </p>
      <ol className="card codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ol>
      <div className="row">
        <button type="button" onClick={onKept}>
          I have kept them
        </button>
        <button type="button" className="second" onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}>
          Copy
        </button>
        <a className="button second" download="recovery-codes.txt" href={`data:text/plain;charset=utf-8,${encodeURIComponent(text)}`}>
          Save as a file
        </a>
        <p className="good" role="status">
          {isCopied && 'Copied.'}
        </p>
      </div>
    </Page>
  );
}
