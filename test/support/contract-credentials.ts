/** The operations of contracts by which a session changes or removes a credential. */
export const CREDENTIAL_OPERATIONS = [
  'PUT /contracts/test-library/users/changeUsername',
  'DELETE /contracts/test-library/users/deleteUser',
  'PATCH /contracts/entity-user/user',
  'PATCH /contracts/entity-user/users',
  'DELETE /contracts/entity-user/users',
  'PATCH /contracts/user-auth/user/{uuid}',
  'POST /contracts/user-auth/user/change-password/{uuid}',
  'DELETE /contracts/user-auth/user/{uuid}',
] as const;
