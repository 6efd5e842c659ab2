import { type ContractDocument, type Given, type Stage, request } from './document.js';

const CREDENTIALS = { username: 'example@gmail.com', password: 'rahasia' };
const TOKEN = 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpZCI6IjFiMjRhMmRlIn0.OHEi';

const succeeded = (message: string, data: object | null = null) => ({
  status: 200,
  answer: { status: 200, message, data, refrence: null, error: false },
});
const failed = (message: string) => ({ status: 400, answer: { status: 400, message, data: null, refrence: null, error: true } });

const registered = async (stage: Stage): Promise<Given> => {
  await stage.must('POST', '/users', CREDENTIALS);
  return {};
};

const signedIn =
  (token: 'access_token' | 'refresh_token') =>
  async (stage: Stage): Promise<Given> => {
    await registered(stage);
    return { token: (await stage.must('POST', '/users/login', CREDENTIALS)).body.data[token] };
  };

const resetRequested = async (stage: Stage): Promise<Given> => {
  await registered(stage);
  await stage.must('POST', '/users/reset-password', { username: CREDENTIALS.username });
  return { token: (await stage.mailTo(CREDENTIALS.username, 1)).token };
};

const WITH_SAMPLE = async (): Promise<Given> => ({ token: TOKEN });

export const USER_SPEC: ContractDocument = {
  slug: 'user-spec',
  examples: [
    ...request(
      { method: 'POST', path: '/users', fields: CREDENTIALS },
      {
        title: 'Created User',
        ...succeeded('successfully created', { username: 'example@gmail.com' }),
      },
      {
        title: 'Created User: username already exist',
        ...failed('username already exist'),
        given: registered,
      },
    ),
    ...request(
      { method: 'POST', path: '/users/login', fields: CREDENTIALS },
      {
        title: 'Login Users',
        isRepeatable: true,
        ...succeeded('successfully login', { access_token: TOKEN, refresh_token: TOKEN }),
        given: registered,
      },
      {
        title: 'Login Users: not match',
        ...failed('username and password not match'),
      },
    ),
    ...request(
      { method: 'GET', path: '/users/verify-token' },
      {
        title: 'Access Token Verify',
        ...succeeded('token verified'),
        given: signedIn('access_token'),
      },
      {
        title: 'Access Token Verify: invalid',
        ...failed('please provided a valid access_token!'),
        given: WITH_SAMPLE,
      },
    ),
    ...request(
      { method: 'POST', path: '/users/refresh-token' },
      {
        title: 'Refresh Token',
        isRepeatable: true,
        ...succeeded('successfully refresh access_token', { access_token: TOKEN }),
        given: signedIn('refresh_token'),
      },
      {
        title: 'Refresh Token: invalid',
        ...failed('please provided a valid refresh_token!'),
        given: WITH_SAMPLE,
      },
    ),
    {
      title: 'Reset Password',
      isRepeatable: true,
      method: 'POST',
      path: '/users/reset-password',
      fields: { username: CREDENTIALS.username },
      ...succeeded(
        'If the account is already registered, we have sent a password reset link to your email so you can change the new password,',
      ),
      given: registered,
    },
    ...request(
      { method: 'GET', path: '/users/reset-password/verify-token' },
      {
        title: 'Reset Password Token Verify',
        ...succeeded('token verified'),
        given: resetRequested,
        readsMail: true,
      },
      {
        title: 'Reset Password Token Verify: invalid',
        ...failed('please provided a valid reset_password_token!'),
        given: WITH_SAMPLE,
      },
    ),
    ...request(
      { method: 'PUT', path: '/users/reset-password/update-password', fields: { password: 'narokay123' } },
      {
        title: 'Update Password',
        ...succeeded('password successfully updated'),
        given: resetRequested,
        readsMail: true,
      },
      {
        title: 'Update Password: invalid',
        ...failed('please provided a valid reset_password_token!'),
        given: WITH_SAMPLE,
      },
    ),
  ],
};
