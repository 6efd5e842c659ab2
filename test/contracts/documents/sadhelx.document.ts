import { type ContractDocument, PICTURE, type Given, type Stage, request } from './document.js';

const IDENTITY = 'someemail@email.com';
const PASSWORD = 'somepassword';
const TOKEN = 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJVc2VySUQiOjMyMTg4Mzg2NDZ9.a3uF';

/** `status` is a boolean, as in the document's "Response Default Format"; most of its examples show the word as a text. */
const ok = (msg: string, data?: object) => ({ status: 200, answer: { status: true, msg, ...(data && { data }) } });
const failed = (status: number, msg = 'some msg error') => ({ status, answer: { status: false, msg } });

const SIGN_UP = {
  username: 'username4',
  email: 'email4',
  firstname: 'this firsname',
  lastname: 'this lastname',
  password: 'password',
  phonenumber: '008070898742',
};
const ADDRESS = { email4: 'email4@email.com' };

const signUp = (stage: Stage, username: string, email: string) => stage.must('POST', '/signup', { username, email, password: PASSWORD });

const signedUp = async (stage: Stage): Promise<Given> => {
  await signUp(stage, 'username4', IDENTITY);
  return {};
};

const mailed = async (stage: Stage): Promise<Given> => {
  await signedUp(stage);
  return { values: { ASDF: await stage.codeTo(IDENTITY) } };
};

/** Verified, and with an address of which the document shows the login. */
const verified =
  (username: string, email: string) =>
  async (stage: Stage): Promise<Given> => {
    await signUp(stage, username, email);
    await stage.must('POST', '/verify/mail', { identity: email, code: await stage.codeTo(email) });
    return { values: { [IDENTITY]: email } };
  };

const signedIn = async (stage: Stage): Promise<Given> => {
  await verified('username4', IDENTITY)(stage);
  const { body } = await stage.must('POST', '/login', { identity: IDENTITY, password: PASSWORD });
  return { token: `Bearer ${body.data.token.token_refresh}` };
};

const resetCode =
  (email: string) =>
  async (stage: Stage): Promise<Given> => {
    await signUp(stage, 'username4', email);
    await stage.must('POST', '/get-password-reset-code', { identity: email });
    return { values: { ASDF: await stage.codeTo(email, 1) } };
  };

const checkedCode = async (stage: Stage): Promise<Given> => {
  const email = 'purnasatria@gmail.com';
  const { values } = await resetCode(email)(stage);
  const { body } = await stage.must('POST', '/verify/password-reset', { identity: email, code: values?.ASDF });
  return { values: { CKTO: body.data.code } };
};

const uploaded = async (stage: Stage): Promise<Given> => {
  const email = 'purnasatria@gmail.com';
  await verified('username4', email)(stage);
  await stage.must('PUT', '/avatar-upload', { identity: email }, { file: { field: 'avatar', content: stage.picture } });
  const { body } = await stage.must('POST', '/login', { identity: email, password: PASSWORD });
  return { values: { '{image_file}': body.data.user.image_file } };
};

export const SADHELX: ContractDocument = {
  slug: 'sadhelx',
  examples: [
    {
      title: 'avatar-storage',
      method: 'GET',
      path: '/avatar-storage/{image_file}',
      status: 200,
      answer: PICTURE,
      given: uploaded,
      readsMail: true,
    },
    ...request(
      { method: 'GET', path: '/check-username/username4' },
      { title: 'check-username', ...ok('User available') },
      {
        title: 'check-username: false',
        ...failed(409, 'User has already been taken'),
        given: signedUp,
      },
    ),
    { title: 'check-email', method: 'GET', path: `/check-email/${IDENTITY}`, ...ok('Email available') },
    {
      title: 'check-email: false',
      method: 'GET',
      path: `/check-email/${IDENTITY}`,
      ...failed(409, 'Email has already been taken'),
      given: signedUp,
    },
    ...request(
      { method: 'POST', path: '/signup', fields: SIGN_UP },
      {
        title: 'signup',
        ...ok('Success creating user'),
        status: 201,
        // The mobile app reads it.
        beyond: ['data'],
        given: async () => ({ values: ADDRESS }),
      },
      {
        title: 'signup: false',
        ...failed(409, 'Some msg error'),
        given: async (stage) => {
          await signedUp(stage);
          return { values: ADDRESS };
        },
      },
    ),
    ...request(
      { method: 'POST', path: '/login', fields: { identity: IDENTITY, password: PASSWORD } },
      {
        title: 'login',
        isRepeatable: true,
        ...ok('Login successfull', {
          user: { user_id: '123414134', username: 'usersadhelx1', email: 'usersadhelx1@gmail.com' },
          token: { token_access: TOKEN, token_refresh: TOKEN },
        }),
        beyond: ['data.user.firstname'],
        given: verified('usersadhelx1', 'usersadhelx1@gmail.com'),
        readsMail: true,
      },
      {
        title: 'login: false',
        ...failed(401),
      },
    ),
    ...request(
      { method: 'POST', path: '/refresh-token', fields: { identity: IDENTITY } },
      {
        title: 'refresh-token',
        isRepeatable: true,
        ...ok('Access token successfull generated', { token: { token_access: TOKEN } }),
        given: signedIn,
        readsMail: true,
      },
      {
        title: 'refresh-token: false',
        ...failed(401),
        given: async () => ({ token: `Bearer ${TOKEN}` }),
      },
    ),
    ...request(
      { method: 'POST', path: '/get-password-reset-code', fields: { identity: IDENTITY } },
      {
        title: 'get-password-reset-code',
        isRepeatable: true,
        ...ok('Password reset code has been sent to email'),
        given: signedUp,
      },
      {
        title: 'get-password-reset-code: false',
        ...failed(401),
      },
    ),
    ...request(
      { method: 'POST', path: '/verify/password-reset', fields: { identity: IDENTITY, code: 'ASDF' } },
      {
        title: 'verify/password-reset',
        isRepeatable: true,
        ...ok('Password reset code verified', { code: 'CKTO' }),
        given: resetCode(IDENTITY),
        readsMail: true,
      },
      {
        title: 'verify/password-reset: false',
        ...failed(401),
        given: signedUp,
      },
    ),
    ...request(
      { method: 'POST', path: '/verify/mail', fields: { identity: IDENTITY, code: 'ASDF' } },
      {
        title: 'verify/mail',
        ...ok('User email verified'),
        given: mailed,
        readsMail: true,
      },
      {
        title: 'verify/mail: false',
        ...failed(401),
        given: signedUp,
      },
    ),
    ...request(
      {
        method: 'PUT',
        path: '/reset-password',
        fields: { identity: 'purnasatria@gmail.com', password: 'passwordbaru', password_re: 'passwordbaru', code: 'CKTO' },
      },
      {
        title: 'reset-password',
        ...ok('Password has been updated'),
        given: checkedCode,
        readsMail: true,
      },
      {
        title: 'reset-password: false',
        ...failed(401),
      },
    ),
    ...request(
      { method: 'PUT', path: '/avatar-upload', fields: { identity: 'purnasatria@gmail.com', avatar: PICTURE } },
      {
        title: 'avatar-upload',
        isRepeatable: true,
        ...ok('Avatar has been saved'),
        status: 201,
        given: verified('username4', 'purnasatria@gmail.com'),
        readsMail: true,
      },
      {
        title: 'avatar-upload: false',
        ...failed(401),
      },
    ),
  ],
};
