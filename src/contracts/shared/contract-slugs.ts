/** The wire contracts: APIs of other backends, served below `/contracts/<slug>`. */
export const CONTRACT_SLUGS = ['test-library', 'entity-user', 'sadhelx', 'user-auth', 'user-spec'] as const;
export type ContractSlug = (typeof CONTRACT_SLUGS)[number];

/**
 * The contracts whose document has a token that comes by mail, with the purpose of that mail. The other documents mail codes that people
 * type, or nothing.
 */
export const MAILED_TOKENS = { 'user-spec': 'reset-password' } as const;
