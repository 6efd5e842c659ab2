const TOKEN_ACCESS =
  'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJVc2VySUQiOjMyMTg4Mzg2NDYsIktleVR5cGUiOiJhY2Nlc3MiLCJleHAiOjE2MTMwMzg1MDEsImlzcyI6InNhZGxleC5hdXRoLnNlcnZpY2UifQ';
const TOKEN_REFRESH =
  'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJVc2VySUQiOjMyMTg4Mzg2NDYsIkN1c3RvbUtleSI6IjE3MTcwYzFiZWIwZWUzY2EzNWNjMmY1MWQ4NTdmYTVjYmIwYTNhY2VmODRlOTg3NDc3NDA0YzM0OTFiNWI4ODgiLCJLZXlUeXBlIjoicmVmcmVzaCIsImlzcyI6InNhZGxleC5hdXRoLnNlcnZpY2UifQ.a3uFdrFINLj27mbyQWyBc564VNw96y8qXvWDhoz_eWI';

const USER = { user_id: '123414134', username: 'usersadhelx1', email: 'usersadhelx1@gmail.com', firstname: 'this firsname' };
const token = { token_access: TOKEN_ACCESS, token_refresh: TOKEN_REFRESH };

/** The document's own examples, for the OpenAPI document. */
export const EXAMPLES = {
  usernameFree: { status: true, msg: 'User available' },
  emailFree: { status: true, msg: 'Email available' },
  signedUp: { status: true, msg: 'Success creating user', data: { user: USER } },
  loggedIn: { status: true, msg: 'Login successfull', data: { user: USER, token } },
  loggedInWithAvatar: {
    status: true,
    msg: 'Login successfull',
    data: { user: { ...USER, image_file: '9b74c9897bac770ffc029102a200c5de.jpg' }, token },
  },
  refreshed: { status: true, msg: 'Access token successfull generated', data: { token: { token_access: TOKEN_ACCESS } } },
  codeSent: { status: true, msg: 'Password reset code has been sent to email' },
  codeVerified: { status: true, msg: 'Password reset code verified', data: { code: 'CKTO' } },
  emailVerified: { status: true, msg: 'User email verified' },
  passwordReset: { status: true, msg: 'Password has been updated' },
  avatarSaved: { status: true, msg: 'Avatar has been saved' },
};

/** Fields that an account may lack. */
export const NULLABLE = ['username', 'email', 'firstname'];
