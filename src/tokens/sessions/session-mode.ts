/** How a client keeps its refresh token: its app does, or the browser in a cookie that scripts cannot read. */
export const SESSION_MODES = ['tokens', 'cookie'] as const;
export type SessionMode = (typeof SESSION_MODES)[number];
