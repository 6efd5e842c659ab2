import type { User } from '@latchkey/client';
import { useSyncExternalStore } from 'react';

const VIEWS = ['sign-in', 'sign-up', 'confirm-email', 'forgot-password', 'reset-password', 'profile', 'security', 'sessions'] as const;

export type ViewName = (typeof VIEWS)[number];

/** What one view tells the next. */
export interface Trip {
  to?: ViewName;
  email?: string;
  notice?: string;
  /** What the account is confirmed with beside the code; kept in memory only, and for one step. */
  proof?: { password: string } | { newPassword: string };
}

export type Go = (to: ViewName, trip?: Omit<Trip, 'to'>) => void;

export interface ViewProps extends Omit<Trip, 'to'> {
  go: Go;
}

/** The view in the address, such as `#/sign-up`. */
export function useRequestedView(): ViewName {
  const hash = useSyncExternalStore(subscribe, () => location.hash);
  return VIEWS.find((view) => hash === `#/${view}`) ?? 'sign-in';
}

/** What may be seen instead, where somebody is or is not signed in. The address stays: signing in leads to where one wanted to go. */
export function allowedView(asked: ViewName, user: User | null): ViewName {
  const isPrivate = asked === 'profile' || asked === 'security' || asked === 'sessions';
  if (user === null) return isPrivate ? 'sign-in' : asked;
  return isPrivate || (asked === 'confirm-email' && !user.emailVerified) ? asked : 'profile';
}

function subscribe(listener: () => void): () => void {
  addEventListener('hashchange', listener);
  return () => removeEventListener('hashchange', listener);
}
