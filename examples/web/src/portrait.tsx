import type { User } from '@latchkey/client';

/** The picture of an account, or its initial. For decoration: its name is always beside. */
export function Portrait({ user, isLarge = false }: { user: User; isLarge?: boolean }) {
  const className = isLarge ? 'portrait large' : 'portrait';
  if (user.avatar !== null) return <img className={className} src={isLarge ? user.avatar.url : user.avatar.smallUrl} alt="" />;
  const [initial = '?'] = user.firstName ?? user.username ?? user.email ?? '?';
  return (
    <span className={className} aria-hidden="true">
      {initial.toUpperCase()}
    </span>
  );
}
