/** SQL for whether an authenticator that passed in a sign-in is still the account's; `Factor.holds` of those that have a row. */
export const IS_STILL_OWN = `EXISTS (SELECT FROM authenticators a
  WHERE a.id = p."authenticatorId" AND a.user_id = u.id AND a.type = p.type AND a.confirmed_at IS NOT NULL)`;
