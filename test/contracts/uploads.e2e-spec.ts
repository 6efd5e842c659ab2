import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ContractSlug, CONTRACT_SLUGS } from '../../src/contracts/shared/contract-slugs.js';
import { freshEmail } from '../support/accounts.js';
import { BODY_FORMATS, ContractClient, startContracts } from '../support/contracts.js';
import type { Answer, TestApp } from '../support/start-app.js';

const PASSWORD = 'rahasia';

/** An operation that takes a file, as its contract documents it. */
interface Upload {
  slug: ContractSlug;
  method: 'PUT' | 'PATCH';
  path: string;
  field: string;
  /** Makes an account. @returns what is sent beside the file, and the headers with its token */
  open(api: ContractClient): Promise<{ email: string; fields: Record<string, string>; headers: Record<string, string> }>;
  /** The answer to a field that holds no file. */
  refusal: object;
  /** Status of an upload, and of a body without a file. */
  saved: number;
  without: number;
}

/** An operation in an OpenAPI document. */
interface Operation {
  operationId: string;
  requestBody?: { content: object };
}

let serial = 0;
const fresh = () => {
  serial += 1;
  return { username: `uploads${serial}`, email: freshEmail('uploads'), password: PASSWORD };
};

const UPLOADS: Upload[] = [
  {
    slug: 'test-library',
    method: 'PUT',
    path: '/users/updatePropic',
    field: 'image_file',
    open: async (api) => {
      const account = fresh();
      await api.send('POST', '/users/register', account);
      const { body } = await api.send('POST', '/users/login', account);
      return { email: account.email, fields: {}, headers: { access_token: body.access_token } };
    },
    refusal: { message: 'BAD REQUEST', status: 400 },
    saved: 200,
    without: 400,
  },
  {
    slug: 'entity-user',
    method: 'PATCH',
    path: '/user',
    field: 'profile_picture',
    open: async (api) => {
      const account = fresh();
      await api.send('POST', '/user', account);
      const { body } = await api.send('POST', '/login', account);
      return {
        email: account.email,
        fields: { username: fresh().username },
        headers: { authorization: `Bearer ${body.data.access_token}` },
      };
    },
    refusal: { data: [], message: 'Invalid file type. Only PNG, JPG, or JPEG files are allowed.' },
    saved: 200,
    without: 200,
  },
  {
    slug: 'sadhelx',
    method: 'PUT',
    path: '/avatar-upload',
    field: 'avatar',
    open: async (api) => {
      const account = fresh();
      await api.send('POST', '/signup', { ...account, firstname: 'Ada' });
      return { email: account.email, fields: { identity: account.email }, headers: {} };
    },
    refusal: { status: false, msg: 'avatar: Send the picture as a file in a multipart body.' },
    saved: 201,
    without: 400,
  },
];

let app: TestApp;
beforeAll(async () => {
  app = await startContracts();
});
afterAll(() => app.stop());

describe.each(UPLOADS)('the upload of $slug', ({ slug, method, path, field, open, refusal, saved, without }) => {
  const send = async (form: FormData, headers: Record<string, string>): Promise<Answer> => {
    const request = new Request('http://localhost', { method: 'POST', body: form });
    const type = String(request.headers.get('content-type'));
    const body = Buffer.from(await request.arrayBuffer());
    return app.call(method, `/contracts/${slug}${path}`, { body, headers: { ...headers, 'content-type': type } });
  };
  const formOf = (fields: Record<string, string>): FormData => {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    return form;
  };
  const stateOf = async (email: string): Promise<unknown> => {
    const [row] = await app.rows('SELECT username, avatar FROM users WHERE email_key = $1', [email.toLowerCase()]);
    return row;
  };
  const picture = () =>
    sharp({ create: { width: 40, height: 40, channels: 3, background: '#36c' } })
      .png()
      .toBuffer();

  it('refuses text in the place of the file, in any format, and changes nothing', async () => {
    const api = new ContractClient(app, slug);
    const { email, fields, headers } = await open(api);
    const before = await stateOf(email);
    for (const format of BODY_FORMATS) {
      for (const text of ['me.png', 'data:image/png;base64,iVBORw0KGgo=', '[object File]', ' ']) {
        const { status, body } = await api.send(method, path, { ...fields, [field]: text }, { headers, format });
        expect([format, text, status, body]).toEqual([format, text, 400, refusal]);
      }
    }
    // What JSON makes of a file, and of bytes.
    for (const value of [{}, { 0: 137 }, [137, 80], 7, true, ['', 'me.png']]) {
      const { status, body } = await api.send(method, path, { ...fields, [field]: value }, { headers });
      expect([value, status, body]).toEqual([value, 400, refusal]);
    }
    expect(await stateOf(email)).toEqual(before);
  });

  it('refuses a file without content', async () => {
    const { email, fields, headers } = await open(new ContractClient(app, slug));
    const before = await stateOf(email);
    const form = formOf(fields);
    form.append(field, new Blob([]), 'me.png');
    const { status, body } = await send(form, headers);
    expect([status, body]).toEqual([400, refusal]);
    expect(await stateOf(email)).toEqual(before);
  });

  it('refuses two files, in one field or in two, as wrong and not as too large', async () => {
    const { email, fields, headers } = await open(new ContractClient(app, slug));
    const before = await stateOf(email);
    const file = new Blob([new Uint8Array(await picture())]);
    for (const other of [field, 'attachment']) {
      const form = formOf(fields);
      form.append(field, file, 'me.png');
      form.append(other, file, 'me.png');
      const { status, body } = await send(form, headers);
      const said = slug === 'sadhelx' ? { status: false, msg: `${field}: Send one picture, and no other file.` } : refusal;
      expect([other, status, body]).toEqual([other, 400, said]);
    }
    expect(await stateOf(email)).toEqual(before);
  });

  it('takes what forms and scripts make of no file for an absent one', async () => {
    const api = new ContractClient(app, slug);
    const { fields, headers } = await open(api);
    for (const format of BODY_FORMATS) {
      for (const text of ['', 'null', 'undefined']) {
        const { status } = await api.send(method, path, { ...fields, [field]: text }, { headers, format });
        expect([format, text, status]).toEqual([format, text, without]);
      }
    }
    for (const value of [null, []]) expect((await api.send(method, path, { ...fields, [field]: value }, { headers })).status).toBe(without);
    // The empty file input of a form.
    const form = formOf(fields);
    form.append(field, new File([], ''));
    expect((await send(form, headers)).status).toBe(without);
  });

  it('takes the file, also beside empty text under the same name', async () => {
    const { email, fields, headers } = await open(new ContractClient(app, slug));
    const form = formOf({ ...fields, [field]: '' });
    form.append(field, new Blob([new Uint8Array(await picture())]), 'me.png');
    expect((await send(form, headers)).status).toBe(saved);
    expect(await stateOf(email)).toMatchObject({ avatar: expect.any(String) });
  });

  it('is documented as multipart only, with the file as such', async () => {
    const { paths, components } = (await app.get(`/docs/contracts/${slug}.json`)).body;
    const { content } = paths[path][method.toLowerCase()].requestBody;
    expect(Object.keys(content)).toEqual(['multipart/form-data']);
    const name = content['multipart/form-data'].schema.$ref.split('/').at(-1);
    const properties = Object.values<{ format?: string }>(components.schemas[name].properties);
    const files = properties.filter(({ format }) => format === 'binary');
    expect(files).toHaveLength(1);
  });
});

describe('the documents', () => {
  const FORM = ['multipart/form-data', 'application/x-www-form-urlencoded', 'application/json'];

  /** What the documents of the contracts show in place of JSON. */
  const FORMS: Partial<Record<ContractSlug, RegExp>> = {
    'entity-user': /^/,
    'test-library': /^\/users\/(?:register|changeUsername|requestResetPassword|reset_password)$/,
  };

  it.each(CONTRACT_SLUGS)('list first what the document of %s shows', async (slug) => {
    const { paths } = (await app.get(`/docs/contracts/${slug}.json`)).body;
    for (const [path, item] of Object.entries<Record<string, Operation>>(paths)) {
      for (const { requestBody, operationId } of Object.values(item)) {
        const formats = Object.keys(requestBody?.content ?? {});
        // No body, or an upload.
        if (formats.length < 2) continue;
        expect([operationId, formats]).toEqual([operationId, FORMS[slug]?.test(path) === true ? FORM : FORM.toReversed()]);
      }
    }
  });
});
