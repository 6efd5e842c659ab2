import type { Operation } from './operations.js';
import { documentOf, exampleBody, fill, operationsOf, resolve } from './operations.js';
import { register, signIn } from './accounts.js';
import type { Answer, CallOptions, TestApp } from './start-app.js';

/* eslint-disable typescript/no-explicit-any -- schemas and bodies of every shape are walked */

const MAIL_WEBHOOK_TOKEN = 'webhook-token-of-these-tests-0123456789';

/** Settings with which every operation can be sent to. Nobody looks at the mails of thousands of sign-ups. */
export const FOR_EVERY_OPERATION = { MAIL_WEBHOOK_TOKEN, MAIL_WORKER: 'off' };

/** Everything that the OpenAPI document says of `/v1` and `/dev`, and an administrator who may do all of it. */
export class EveryOperation {
  private constructor(
    private readonly app: TestApp,
    readonly document: any,
    readonly operations: readonly Operation[],
    readonly token: string,
  ) {}

  /** @param app started with `FOR_EVERY_OPERATION` */
  static async of(app: TestApp): Promise<EveryOperation> {
    // Its password is in no example, so that no example changes or deletes the account.
    const { id, email, password } = await register(app, { password: 'nine quiet owls read on' });
    await app.rows(`UPDATE users SET roles = '{user,admin}' WHERE id = $1`, [id]);
    const { accessToken } = await signIn(app, email, password);
    const operations = (await operationsOf(app)).filter(({ path }) => path.startsWith('/v1/') || path.startsWith('/dev/'));
    return new EveryOperation(app, await documentOf(app), operations, accessToken);
  }

  withBody(): Operation[] {
    // What mail providers send has forms of theirs, which no DTO checks.
    const ours = this.operations.filter(({ access }) => !(access?.kind === 'guarded' && access.by === 'mail-provider'));
    return ours.filter((operation) => this.example(operation) !== undefined);
  }

  example(operation: Operation): any {
    return exampleBody(this.document, operation);
  }

  /** The schema of the body; of a body with several forms that of all their fields. */
  schemaOf(operation: Operation): any {
    const schema = resolve(this.document, operation.spec.requestBody.content['application/json'].schema);
    const forms = (schema.oneOf ?? []).map((form: unknown) => resolve(this.document, form).properties);
    return forms.length > 0 ? { properties: Object.assign({}, ...forms) } : schema;
  }

  fieldsOf(operation: Operation): [string, any][] {
    return Object.entries<any>(this.schemaOf(operation).properties);
  }

  /** Sends a body with what the operation asks for: the token of an administrator, or of a mail provider. */
  send(operation: Operation, body: unknown, options: CallOptions = {}): Promise<Answer> {
    const path = fill(operation.path, '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11');
    return this.app.call(operation.method, path, { body, token: this.tokenFor(operation), ...options });
  }

  private tokenFor({ access }: Operation): string | undefined {
    if (access?.kind === 'guarded' && access.by === 'mail-webhook-token') return MAIL_WEBHOOK_TOKEN;
    return access?.kind === 'signed-in' || access?.kind === 'roles' ? this.token : undefined;
  }
}
