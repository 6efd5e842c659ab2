import { type ContractDocument, PICTURE, type Given, type Stage, request } from './document.js';

const CREDENTIALS = { email: 'oda@mail.com', password: 'oda123' };
const PASSWORDS = { old_password: 'oda123', new_password: '123oda' };

const failed = (message: string) => ({ status: 400, answer: { data: [], message } });

const register = (stage: Stage, username: string, email: string) =>
  stage.must('POST', '/user', { username, email, password: CREDENTIALS.password });

const registered = async (stage: Stage): Promise<Given> => {
  await register(stage, 'oda', CREDENTIALS.email);
  return {};
};

const signedIn =
  (username: string, email = CREDENTIALS.email) =>
  async (stage: Stage): Promise<Given> => {
    await register(stage, username, email);
    const { body } = await stage.must('POST', '/user', { ...CREDENTIALS, email });
    return { token: `Bearer ${body.data.access_token}` };
  };

/** Somebody else who is signed in, beside the account of the example. */
const signedInBeside = async (stage: Stage): Promise<Given> => {
  await register(stage, 'oda', CREDENTIALS.email);
  return signedIn('oda2', 'oda2@mail.com')(stage);
};

const signedOut = async (stage: Stage): Promise<Given> => {
  const { token = '' } = await signedIn('oda')(stage);
  await stage.must('PATCH', '/logout', undefined, { headers: { authorization: token } });
  return { token };
};

const UPDATED = { title: 'Update User Data', method: 'PATCH', path: '/user' } as const;

/**
 * Without "Failed delete user. User not found.": the token of an account that was deleted is refused as revoked, so that only requests that
 * race with a deletion get it.
 */
export const ENTITY_USER: ContractDocument = {
  slug: 'entity-user',
  examples: [
    {
      // The document's answer is one for other values than those of its request.
      title: 'Register User',
      method: 'POST',
      path: '/user',
      fields: { username: 'oda2', email: 'oda2@mail.com', password: 'oda123' },
      status: 200,
      answer: { data: { oda2: 'oda2', 'oda2@mail.com': 'oda2@mail.com' }, message: 'Success create user data.' },
    },
    {
      title: 'Register User: username already exists',
      method: 'POST',
      path: '/user',
      fields: { ...CREDENTIALS, username: 'oda', email: 'oda2@mail.com' },
      ...failed('Failed create user. Username already exists.'),
      given: registered,
    },
    {
      title: 'Register User: email already exists',
      method: 'POST',
      path: '/user',
      fields: { ...CREDENTIALS, username: 'oda2' },
      ...failed('Failed create user. Email already exists.'),
      given: registered,
    },
    ...request(
      { method: 'POST', path: '/user', fields: CREDENTIALS },
      {
        title: 'Login User',
        isRepeatable: true,
        status: 200,
        answer: {
          data: {
            access_token: '<access_token>',
            data: { email: 'oda@mail.com', id: 1, profile_picture: null, username: 'oda' },
            refresh_token: '<refresh_token>',
          },
          message: 'Success login!',
        },
        given: registered,
      },
      {
        title: 'Login User: user not registered',
        ...failed('Failed login. User not registered.'),
      },
    ),
    {
      title: 'Login User: wrong password',
      method: 'POST',
      path: '/user',
      fields: { ...CREDENTIALS, password: 'oda124' },
      ...failed('Failed login. Wrong password.'),
      given: registered,
    },
    {
      ...UPDATED,
      fields: { username: 'oda', email: 'oda@mail.com', profile_picture: PICTURE },
      status: 200,
      answer: {
        data: { email: 'oda@mail.com', profile_picture: '/static/namafile.png', username: 'oda' },
        message: 'Success update user data.',
      },
      given: signedIn('oda2', 'oda2@mail.com'),
    },
    {
      ...UPDATED,
      title: 'Update User Data: only the email',
      fields: { email: 'oda@mail.com' },
      status: 200,
      answer: { data: { email: 'oda@mail.com', profile_picture: null, username: null }, message: 'Success update user data.' },
      given: signedIn('oda2', 'oda2@mail.com'),
    },
    {
      ...UPDATED,
      title: 'Update User Data: not valid email',
      fields: { email: 'oda' },
      status: 400,
      answer: { data: { email: ['Not a valid email address.'] }, message: 'Validation failed.' },
      given: signedIn('oda'),
    },
    {
      ...UPDATED,
      title: 'Update User Data: username already exist',
      fields: { username: 'oda' },
      ...failed('Failed update user. Username already exists.'),
      given: signedInBeside,
    },
    {
      ...UPDATED,
      title: 'Update User Data: email already exist',
      fields: { email: 'oda@mail.com' },
      ...failed('Failed update user. Email already exists.'),
      given: signedInBeside,
    },
    {
      ...UPDATED,
      title: 'Update User Data: not valid image extension',
      fields: { profile_picture: Buffer.from('no picture') },
      ...failed('Invalid file type. Only PNG, JPG, or JPEG files are allowed.'),
      given: signedIn('oda'),
    },
    {
      title: 'Get Detail User Data',
      isRepeatable: true,
      method: 'GET',
      path: '/users',
      fields: PASSWORDS,
      status: 200,
      answer: {
        data: { email: 'oda@mail.com', id: 16, profile_picture: null, username: 'oda2' },
        message: 'Success get detail user.',
      },
      given: signedIn('oda2'),
    },
    {
      title: 'Reset Password User Data',
      method: 'PATCH',
      path: '/users',
      fields: PASSWORDS,
      status: 200,
      answer: { data: [], message: 'Success update password.' },
      given: signedIn('oda'),
    },
    ...request(
      { method: 'PATCH', path: '/logout', fields: PASSWORDS },
      {
        title: 'Logout User',
        status: 200,
        answer: { data: [], message: 'Success logout user.' },
        given: signedIn('oda'),
      },
      {
        title: 'Logout User: token in blacklist',
        status: 401,
        answer: { msg: 'Token has been revoked' },
        given: signedOut,
      },
      {
        title: 'Logout User: invalid header padding',
        status: 422,
        answer: { msg: 'Invalid header padding' },
        given: async () => ({ token: 'Bearer nonsense' }),
      },
    ),
    {
      title: 'Delete User',
      method: 'DELETE',
      path: '/users',
      status: 200,
      answer: { data: 1, message: 'Success delete user.' },
      given: signedIn('oda'),
    },
  ],
};
