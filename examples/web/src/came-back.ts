/** What the address says of a way to a provider, or to a page of the server. */
export interface CameBack {
  /** The sign-in that goes on. */
  signIn?: string | undefined;
  /** The account at a provider that was linked. */
  identity?: string | undefined;
  /** Code of what went wrong there. */
  error?: string | undefined;
}

/** Read once, when the app is loaded, and taken out of the address. */
export const cameBack: CameBack = read();

/** For the view that has shown it: it is no news any more. */
export function forgetOutcome(): void {
  cameBack.identity = cameBack.error = undefined;
}

function read(): CameBack {
  const url = new URL(location.href);
  const take = (name: string): string | undefined => {
    const value = url.searchParams.get(name) ?? undefined;
    url.searchParams.delete(name);
    return value;
  };
  const found = { signIn: take('sign_in'), identity: take('identity'), error: take('error') };
  const isLink = found.signIn === undefined && (found.identity ?? found.error) !== undefined;
  // Links are made in the settings.
  if (isLink) url.hash = '#/security';
  history.replaceState(null, '', url);
  // The window that a step-up has opened: the other one goes on.
  if (found.signIn !== undefined && window.opener !== null) window.close();
  return found;
}
