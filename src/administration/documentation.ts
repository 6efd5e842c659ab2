/** The path parameter with the account's id. */
export const USER_ID = {
  name: 'id',
  format: 'uuid',
  description: 'The account.',
  example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11',
} as const;
