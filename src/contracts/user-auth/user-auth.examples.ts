const USER = { mobile: '01XXXXXXXXX', status: true, username: 'fatematzuhora', uuid: 'f99f6337-fde1-4f5c-990f-f3597b56770d' };

/** The document's own examples, for the OpenAPI document. */
export const EXAMPLES = {
  registered: { data: { ...USER, status: false }, message: 'Account created successfully!', status: 201 },
  detail: { data: USER, message: 'Success!', status: 200 },
  list: { data: [USER], message: 'Success!', status: 200 },
  loggedIn: { access_token: 'eyJ0eXAiOi....', refresh_token: 'eyJ0eXAiOi....' },
  refreshed: { access_token: 'eyJ0eXAiOi....' },
  loggedOut: { message: 'User fatematzuhora successfully logged out.' },
  passwordChanged: { message: 'Success!' },
  deleted: { message: 'User deleted.', status: 200 },
};

/** Fields that an account may lack. */
export const NULLABLE = ['mobile', 'username'];
