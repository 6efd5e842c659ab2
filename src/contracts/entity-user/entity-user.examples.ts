/** The document's own examples, for the OpenAPI document. */
export const EXAMPLES = {
  registered: { data: { oda2: 'oda2', 'oda2@mail.com': 'oda2@mail.com' }, message: 'Success create user data.' },
  loggedIn: {
    data: {
      access_token: '<access_token>',
      data: { email: 'oda@mail.com', id: 1, profile_picture: null, username: 'oda' },
      refresh_token: '<refresh_token>',
    },
    message: 'Success login!',
  },
  changed: {
    data: { email: 'oda@mail.com', profile_picture: '/static/namafile.png', username: 'oda' },
    message: 'Success update user data.',
  },
  detail: { data: { email: 'oda@mail.com', id: 16, profile_picture: null, username: 'oda2' }, message: 'Success get detail user.' },
  passwordChanged: { data: [], message: 'Success update password.' },
  loggedOut: { data: [], message: 'Success logout user.' },
  deleted: { data: 1, message: 'Success delete user.' },
  refreshed: { data: { access_token: '<access_token>' }, message: 'Success refresh token.' },
};

/** Fields that an account may lack. */
export const NULLABLE = ['email', 'username', 'profile_picture'];
