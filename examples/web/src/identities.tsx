import type { LatchkeyError } from '@latchkey/client';
import type { Authenticators } from '@latchkey/client/sign-in';
import { latchkey, returnTo } from './latchkey';
import { Group } from './page';
import { ProviderButtons, useProviders } from './providers';

const DAY = new Intl.DateTimeFormat('en', { dateStyle: 'medium' });

interface IdentitiesProps {
  identities: Authenticators['identities'];
  tell: (work: Promise<{ error: LatchkeyError | null }>, done: string) => Promise<void>;
}

/** Accounts at providers: those that sign in to this account, and buttons for the others. */
export function Identities({ identities, tell }: IdentitiesProps) {
  const providers = useProviders();
  if (identities.length + providers.length === 0) return null;
  const isLinked = (slug: string): boolean => identities.some(({ provider }) => provider === slug);
  return (
    <Group title="Other accounts" about="Sign in with an account that you have elsewhere.">
      <ul className="things" hidden={identities.length === 0}>
        {identities.map(({ id, name, email, createdAt }) => (
          <li key={id}>
            <div>
              <h3>{name}</h3>
              <p className="hint">
                {email !== null && `${email}, since `}
                {DAY.format(new Date(createdAt))}
              </p>
            </div>
            <button
              type="button"
              className="second"
              aria-label={`Unlink ${name}`}
              onClick={() => void tell(latchkey.identities.unlink(id), `${name} is unlinked.`)}
            >
              Unlink
            </button>
          </li>
        ))}
      </ul>
      <ProviderButtons
        label="Link"
        only={providers.map(({ slug }) => slug).filter((slug) => !isLinked(slug))}
        go={(slug) => latchkey.identities.link(slug, { returnTo })}
      />
    </Group>
  );
}
