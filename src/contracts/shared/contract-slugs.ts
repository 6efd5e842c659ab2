/** The wire contracts: APIs of other backends, served below `/contracts/<slug>`. */
export const CONTRACT_SLUGS = ['test-library', 'entity-user', 'sadhelx', 'user-auth', 'user-spec'] as const;
export type ContractSlug = (typeof CONTRACT_SLUGS)[number];
