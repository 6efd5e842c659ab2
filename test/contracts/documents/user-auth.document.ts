import type { ContractDocument, Given, Stage } from './document.js';

const UUID = 'f99f6337-fde1-4f5c-990f-f3597b56770d';
/** The X of the document are no digits. */
const PLACEHOLDERS = { '01XXXXXXXXX': '01712345678' };
const ACCOUNT = { username: 'fatematzuhora', mobile: PLACEHOLDERS['01XXXXXXXXX'], password: 'password' };
const USER = { mobile: '01XXXXXXXXX', status: true, username: 'fatematzuhora', uuid: UUID };
const TOKEN = 'eyJ0eXAiOi....';

const succeeded = (data: unknown) => ({ status: 200, answer: { data, message: 'Success!', status: 200 } });

const registered = async (stage: Stage): Promise<Given> => {
  const { uuid } = (await stage.must('POST', '/user', ACCOUNT)).body.data;
  return { values: { ...PLACEHOLDERS, [UUID]: uuid } };
};

const activated = async (stage: Stage): Promise<Given> => {
  const given = await registered(stage);
  await stage.must('POST', '/user/activate-account/', { mobile: ACCOUNT.mobile });
  return given;
};

const signedIn =
  (kind: 'access_token' | 'refresh_token') =>
  async (stage: Stage): Promise<Given> => {
    const given = await activated(stage);
    const { username, password } = ACCOUNT;
    const { body } = await stage.must('POST', '/user/login', { username, password });
    return { ...given, token: `Bearer ${body[kind]}` };
  };

export const USER_AUTH: ContractDocument = {
  slug: 'user-auth',
  examples: [
    {
      title: 'User Registration',
      method: 'POST',
      path: '/user',
      fields: { username: 'fatematzuhora', mobile: '01XXXXXXXXX', password: 'password' },
      status: 201,
      answer: { data: { ...USER, status: false }, message: 'Account created successfully!', status: 201 },
      given: async () => ({ values: PLACEHOLDERS }),
    },
    {
      title: 'Activate User',
      isRepeatable: true,
      method: 'POST',
      path: '/user/activate-account/',
      fields: { mobile: '01XXXXXXXXX' },
      ...succeeded(USER),
      given: registered,
    },
    {
      title: 'User Login',
      isRepeatable: true,
      method: 'POST',
      path: '/user/login',
      fields: { username: 'fatematzuhora', password: 'password' },
      status: 200,
      answer: { access_token: TOKEN, refresh_token: TOKEN },
      given: activated,
    },
    {
      title: 'Token Refresh',
      method: 'GET',
      path: '/user/refresh-token/',
      status: 200,
      answer: { access_token: TOKEN },
      given: signedIn('refresh_token'),
    },
    {
      title: 'Logout',
      method: 'GET',
      path: '/user/logout/',
      status: 200,
      answer: { message: 'User fatematzuhora successfully logged out.' },
      given: signedIn('access_token'),
    },
    { title: 'Get User Detail', method: 'GET', path: `/user/${UUID}`, ...succeeded(USER), given: signedIn('access_token') },
    { title: 'Get User List', method: 'GET', path: '/user', ...succeeded([USER]), given: signedIn('access_token') },
    {
      // The document has no answer here: it is that of "Get User Detail".
      title: 'Update User',
      isRepeatable: true,
      method: 'PATCH',
      path: `/user/${UUID}`,
      fields: { username: 'fatematzuhora', email: 'fatema@example.com', mobile: '01XXXXXXXXX', gender: 'Female' },
      ...succeeded(USER),
      given: signedIn('access_token'),
    },
    {
      title: 'Change Password',
      method: 'POST',
      path: `/user/change-password/${UUID}`,
      fields: { old_password: 'password', new_password: 'password01' },
      status: 200,
      answer: { message: 'Success!' },
      given: signedIn('access_token'),
    },
    {
      title: 'Delete User',
      method: 'DELETE',
      path: `/user/${UUID}`,
      status: 200,
      answer: { message: 'User deleted.', status: 200 },
      given: signedIn('access_token'),
    },
  ],
};
