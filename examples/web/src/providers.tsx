import type { LatchkeyError } from '@latchkey/client';
import { type ProviderInListView, listProviders } from '@latchkey/client/operations';
import { useEffect, useState } from 'react';
import { latchkey } from './latchkey';
import { toText } from './problems';

let asked: Promise<readonly ProviderInListView[]> | undefined;

/** The providers by which people can sign in here; empty until they are known. */
export function useProviders(): readonly ProviderInListView[] {
  const [providers, setProviders] = useState<readonly ProviderInListView[]>([]);
  useEffect(() => {
    asked ??= listProviders({ client: latchkey.api }).then(({ data }) => data ?? []);
    void asked.then(setProviders);
  }, []);
  return providers;
}

interface ProviderButtonsProps {
  /** Slugs of those that are shown. Default: all. */
  only?: readonly string[];
  /** Before the name: "Continue with". */
  label: string;
  go: (slug: string) => Promise<{ error: LatchkeyError | null }>;
}

/** One button for each. The browser leaves the page when it works. */
export function ProviderButtons({ only, label, go }: ProviderButtonsProps) {
  const providers = useProviders().filter(({ slug }) => only === undefined || only.includes(slug));
  const [failure, setFailure] = useState<LatchkeyError | null>(null);
  if (providers.length === 0) return null;
  return (
    <div className="act">
      {providers.map(({ slug, name }) => (
        <button type="button" className="second wide" key={slug} onClick={() => void go(slug).then(({ error }) => setFailure(error))}>
          {label} {name}
        </button>
      ))}
      <p className="problem" role="alert">
        {failure !== null && toText(failure)}
      </p>
    </div>
  );
}
