/** How the documents describe the cookie of a session. */
export const SET_COOKIE = {
  'Set-Cookie': {
    description:
      'In cookie mode: `__Host-latchkey-refresh`, valid for the longest lifetime of the session. A port or path of `PUBLIC_URL` follows in the name.',
    schema: { type: 'string' as const },
  },
};
