/** Roles that an invitation can bring. A mailbox alone makes nobody an administrator. */
export const INVITED_ROLES = ['user', 'librarian'] as const;
export type InvitedRole = (typeof INVITED_ROLES)[number];
