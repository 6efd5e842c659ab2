import { type ContractDocument, PICTURE, type Given, type Stage, request } from './document.js';

const PASSWORD = 'johndoe1';
const BAD_REQUEST = { message: 'BAD REQUEST', status: 400 };
const UNAUTHORIZED = { message: 'ACCESS UNAUTHORIZED', status: 401 };
const NOT_FOUND = { message: 'NOT FOUND', status: 404 };
const UNSIGNED = { msg: 'Signature verification failed' };
const ACCESS_TOKEN = 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpZCI6N30.eUjWk';

const user = (id: number, username: string, email: string, date: string, image_file = 'default.jpg') => ({
  created_at: date,
  email,
  id,
  image_file,
  modified_at: date,
  username,
});
const USER1 = user(2, 'user1', 'sample@mail.com', 'Mon, 20 Jul 2020 10:53:29 GMT', '19399091fd78591e.jpg');
const USERS = [
  user(4, 'user2', 'sample1@mail.com', 'Mon, 20 Jul 2020 11:02:58 GMT'),
  USER1,
  user(6, 'tesu', 'jajabi@mail.com', 'Fri, 21 Aug 2020 10:59:32 GMT'),
  user(5, 'user3', 'ptsaribikamakmursejahtera@gmail.com', 'Thu, 23 Jul 2020 12:24:58 GMT'),
  user(7, 'tesu1', 'jajabi1@mail.com', 'Fri, 21 Aug 2020 12:29:22 GMT'),
  user(8, 'tesu2', 'jajabi2@mail.com', 'Fri, 21 Aug 2020 12:30:06 GMT'),
];
const CHANGED = {
  message: 'SUCCESS: UPDATE USERNAME',
  result: user(5, 'user_new_one', 'whatever@gmail.com', 'Thu, 23 Jul 2020 12:24:58 GMT', 'b16fb297953ff9e5.jpg'),
  status: 200,
};

const register = async (stage: Stage, { username, email }: { username: string; email: string }): Promise<number> =>
  (await stage.must('POST', '/users/register', { username, email, password: PASSWORD })).body.result.id;

const signIn = async (stage: Stage, email: string): Promise<string> =>
  (await stage.must('POST', '/users/login', { email, password: PASSWORD })).body.access_token;

/** An account, with a picture where the document's has one. */
const registered = async (stage: Stage, account: ReturnType<typeof user>): Promise<{ id: number; token: string }> => {
  const id = await register(stage, account);
  const token = await signIn(stage, account.email);
  if (account.image_file !== 'default.jpg') {
    const file = { field: 'propic_new', content: stage.picture };
    await stage.must('PUT', '/users/updatePropic', {}, { headers: { access_token: token }, file });
  }
  return { id, token };
};

const signedInAs =
  (username: string, image_file?: string) =>
  async (stage: Stage): Promise<Given> => {
    const { token } = await registered(stage, user(5, username, 'whatever@gmail.com', '', image_file));
    return { token };
  };

const USER1_IS_THERE = async (stage: Stage): Promise<Given> => ({ values: { '2': (await registered(stage, USER1)).id } });

const OTP_REQUESTED = async (stage: Stage): Promise<Given> => {
  await register(stage, { username: 'user3', email: 'sample@mail.com' });
  const { body } = await stage.must('POST', '/users/requestResetPassword', { your_email: 'sample@mail.com' });
  return { token: body.access_token, values: { '613955': Number(await stage.codeTo('sample@mail.com', 1)) } };
};

/** The document lists "Delete User" and "Books" without describing them. */
export const TEST_LIBRARY: ContractDocument = {
  slug: 'test-library',
  tokenHeader: 'access_token',
  examples: [
    ...request(
      { method: 'POST', path: '/users/register', fields: { email: 'jajabi2@mail.com', password: PASSWORD, username: 'tesu2' } },
      {
        title: 'Register',
        status: 201,
        answer: { message: 'REGISTER SUCCESS', result: USERS[5], status: 201 },
      },
      {
        title: 'Register: bad request',
        status: 400,
        answer: BAD_REQUEST,
        given: async (stage) => ({ values: { id: await register(stage, { username: 'tesu2', email: 'jajabi2@mail.com' }) } }),
      },
    ),
    ...request(
      { method: 'POST', path: '/users/login', fields: { email: 'john_doe@sample.com', password: 'johndoe1' } },
      {
        title: 'Login',
        isRepeatable: true,
        status: 200,
        answer: { access_token: ACCESS_TOKEN },
        given: async (stage) => ({ values: { id: await register(stage, { username: 'john_doe', email: 'john_doe@sample.com' }) } }),
      },
      {
        title: 'Login: access unauthorized',
        status: 401,
        answer: UNAUTHORIZED,
      },
    ),
    {
      title: 'Fetch All',
      method: 'GET',
      path: '/users/getall',
      status: 200,
      answer: { message: 'FETCH ALL SUCCESS', result: USERS, status: 200 },
      given: async (stage) => {
        for (const each of USERS) await registered(stage, each);
        return {};
      },
    },
    ...request(
      { method: 'GET', path: '/users/getById/2' },
      {
        title: 'Fetch By ID',
        status: 200,
        answer: { message: 'SUCCESS: GET BY ID', result: USER1, status: 200 },
        given: USER1_IS_THERE,
      },
      { title: 'Fetch By ID: not found', status: 404, answer: NOT_FOUND },
    ),
    ...request(
      { method: 'GET', path: '/users/getById/user1' },
      {
        title: 'Fetch By Username',
        status: 200,
        answer: { message: 'SUCCESS: GET BY ID', result: USER1, status: 200 },
        given: USER1_IS_THERE,
      },
      { title: 'Fetch By Username: not found', status: 404, answer: NOT_FOUND },
    ),
    ...request(
      { method: 'PUT', path: '/users/changeUsername', fields: { current_username: 'user3', new_username: 'user_new_one' } },
      {
        title: 'Change Username',
        status: 200,
        answer: CHANGED,
        given: signedInAs('user3', CHANGED.result.image_file),
      },
      {
        title: 'Change Username: signature verification failed',
        status: 422,
        answer: UNSIGNED,
        given: async () => ({ token: ACCESS_TOKEN }),
      },
    ),
    ...request(
      {
        method: 'PUT',
        path: '/users/updatePropic',
        fields: { current_username: 'user3', new_username: 'user_new_one', propic_new: PICTURE },
      },
      {
        // Of the fields the document shows only those that have no effect here; the picture is in the field of the original's frontends.
        title: 'Update Profile Picture',
        status: 200,
        answer: CHANGED,
        given: signedInAs('user_new_one'),
      },
      {
        title: 'Update Profile Picture: signature verification failed',
        status: 422,
        answer: UNSIGNED,
        given: async () => ({ token: ACCESS_TOKEN }),
      },
    ),
    ...request(
      { method: 'POST', path: '/users/requestResetPassword', fields: { your_email: 'whatever@gmail.com' } },
      {
        title: 'Request Reset Password',
        isRepeatable: true,
        status: 200,
        answer: { access_token: ACCESS_TOKEN, message: 'Reset Instructions Sent.' },
        given: signedInAs('user3'),
      },
      {
        title: 'Request Reset Password: not found',
        status: 404,
        answer: NOT_FOUND,
        given: async () => ({ token: ACCESS_TOKEN }),
      },
    ),
    {
      title: 'Reset Password',
      method: 'PUT',
      path: '/users/reset_password',
      fields: { new_password: 'johndoe2', confirm_new_password: 'johndoe2', OTP: '613955' },
      status: 200,
      answer: { message: 'Password reset success.', status: 200 },
      given: OTP_REQUESTED,
      readsMail: true,
    },
    {
      title: 'Reset Password: OTP not match',
      method: 'PUT',
      path: '/users/reset_password',
      fields: { new_password: 'johndoe2', confirm_new_password: 'johndoe2', OTP: 'another OTP' },
      status: 401,
      answer: { message: 'OTP not match', status: 401 },
      readsMail: true,
      given: async (stage) => {
        const { token = '', values } = await OTP_REQUESTED(stage);
        return { token, values: { 'another OTP': (Number(values?.['613955']) + 1) % 1_000_000 } };
      },
    },
    {
      title: "Reset Password: passwords don't match",
      method: 'PUT',
      path: '/users/reset_password',
      fields: { new_password: 'johndoe2', confirm_new_password: 'johndoe3', OTP: '613955' },
      status: 400,
      answer: { message: "Passwords don't match", status: 400 },
      given: OTP_REQUESTED,
      readsMail: true,
    },
  ],
};
