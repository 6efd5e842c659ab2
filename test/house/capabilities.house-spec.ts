import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CATALOGUE, SETTINGS } from '../../src/capabilities.js';
import type { toEnvExample, toMarkdownTable } from '../../src/config/settings-docs.js';
import type { toErrorTable } from '../../src/openapi/error-docs.js';
import { CopiedHouse } from '../support/copied-house.js';
import { createDatabase } from '../support/databases.js';
import { poll } from '../support/poll.js';

/** The one line elsewhere, and the import that it needs. */
const LINE = (text: string): string =>
  text
    .replace(/^/, `import { greetings } from './greetings/greetings.capability.js';\n`)
    .replace('const ALL = {', 'const ALL = {\n  greetings,');

/** The texts of its mail; other languages may follow. */
const TEXTS = (json: string): string =>
  JSON.stringify({
    ...(JSON.parse(json) as object),
    'mail.greeting.subject': '{appName} says hello',
    'mail.greeting.lead': 'Hello from {appName}.',
    'mail.greeting.reason': 'You get this mail because somebody greeted you.',
  });

/** A capability is a folder, one line in the list, which everything else reads, and its texts. */
describe('a capability that is new', () => {
  const house = new CopiedHouse();
  let databaseUrl: string;
  let url: string;

  beforeAll(async () => {
    house.addFolder(join(import.meta.dirname, 'greetings'), 'greetings');
    databaseUrl = await createDatabase();
  });
  afterAll(() => house.clear());

  it('does not compile while it is missing in the list, and the compiler names it', () => {
    expect(house.mistakesIn('capabilities.ts').join()).toMatch(/Property 'greetings' is missing/);
  });

  it('compiles with one line more and the texts of its mail, which the compiler names', () => {
    house.edit('capabilities.ts', LINE);
    expect(house.mistakesIn('mail/writing/mail-writer.ts').join()).toMatch(/mail\.greeting\.subject/);
    house.edit('languages/catalogues/en.json', TEXTS);
    expect(house.mistakesIn('mail/writing/mail-writer.ts')).toEqual([]);
    expect(house.mistakesIn('capabilities.ts')).toEqual([]);
    for (const name of ['capability', 'service', 'controller', 'module'])
      expect(house.mistakesIn(`greetings/greetings.${name}.ts`)).toEqual([]);
  });

  it('is served: its route, setting, error, limit, event, mail, page and table', async () => {
    house.build();
    url = await house.start({ DATABASE_URL: databaseUrl, GREETING: 'Good morning' });
    const greet = (email: string) =>
      fetch(`${url}/v1/greetings`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email }),
      });

    const greeted = await greet('ada@example.com');
    expect([greeted.status, await greeted.json()]).toEqual([201, { words: 'Good morning, ada@example.com' }]);
    const refused = await greet('ADA@EXAMPLE.COM');
    expect([refused.status, (await refused.json()) as object]).toEqual([
      409,
      expect.objectContaining({ code: 'greeting.too_loud', title: 'Too loud', detail: 'Not so loud, please.' }),
    ]);
    expect((await greet('bob@example.com')).status).toBe(201);
    const limited = await greet('eve@example.com');
    expect([limited.status, limited.headers.get('ratelimit')]).toEqual([429, expect.stringContaining('greeting')]);

    const page = await fetch(`${url}/v1/greetings/page`);
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('<h1>Hello there</h1>')]);
    const mails = await poll('both mails', async () => {
      const sent = (await (await fetch(`${url}/dev/mail/messages`)).json()) as { subject: string }[];
      return sent.length === 2 ? sent : undefined;
    });
    expect(mails.map(({ subject }) => subject)).toEqual(['Latchkey says hello', 'Latchkey says hello']);

    const client = new Client({ connectionString: databaseUrl });
    await client.connect();
    expect((await client.query(`SELECT 1 FROM audit_events WHERE action = 'greeting.sent'`)).rowCount).toBe(2);
    expect((await client.query('SELECT words FROM greetings ORDER BY words')).rows).toEqual([
      { words: 'Good morning, ada@example.com' },
      { words: 'Good morning, bob@example.com' },
    ]);
    await client.end();
  });

  it('is in the OpenAPI document: operation, tag, error and event', async () => {
    const { paths, tags, components } = (await (await fetch(`${url}/openapi.json`)).json()) as {
      paths: Record<string, { post: { operationId: string; responses: Record<string, object> } }>;
      tags: { name: string; description: string }[];
      components: { schemas: Record<string, { enum: string[] }> };
    };
    expect(paths['/v1/greetings']?.post.operationId).toBe('greet');
    expect(JSON.stringify(paths['/v1/greetings']?.post.responses['409'])).toContain('greeting.too_loud');
    expect(tags).toContainEqual({ name: 'Greetings', description: 'Saying hello.' });
    expect(components.schemas['ErrorCode']?.enum).toContain('greeting.too_loud');
    expect(components.schemas['AuditAction']?.enum).toContain('greeting.sent');
  });

  it('is in the generated documentation: settings and errors', async () => {
    const { SETTINGS: settings } = await house.load<{ SETTINGS: typeof SETTINGS; CATALOGUE: typeof CATALOGUE }>('capabilities.js');
    const docs = await house.load<{ toEnvExample: typeof toEnvExample; toMarkdownTable: typeof toMarkdownTable }>(
      'config/settings-docs.js',
    );
    expect(docs.toEnvExample(settings)).toContain('# How this server greets.\n#GREETING=Hello');
    expect(docs.toMarkdownTable(settings)).toContain('| `LIMIT_GREETINGS` | `2/900` | Greetings per network. |');
    const errors = await house.load<{ toErrorTable: typeof toErrorTable }>('openapi/error-docs.js');
    expect(errors.toErrorTable()).toContain('| 409 | `greeting.too_loud` | Too loud | Speak up less. |');
  });
});
