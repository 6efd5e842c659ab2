import type { ContractSlug } from '../../../src/contracts/shared/contract-slugs.js';
import { ContractClient } from '../../support/contracts.js';
import type { ReceivedMail } from '../../support/mailbox.js';
import type { Method } from '../../support/operations.js';
import type { Answer, TestApp } from '../../support/start-app.js';

/** What has to be there before a request of an example is sent. */
export interface Given {
  /** The token that the request carries, as it stands in its header. */
  token?: string;
  /** Values in place of the document's placeholders, in the request and in the answer. */
  values?: Readonly<Record<string, string | number>>;
}

/** A request of a contract's document with one of its answers. */
export interface Example {
  /** Heading in the document, and which of its answers. */
  title: string;
  method: Method;
  path: string;
  /** Fields of the body as the document shows them; a field that has `PICTURE` is an upload. */
  fields?: Readonly<Record<string, unknown>>;
  /** Default: the one of success in the document. */
  status: number;
  /** The whole body as the document shows it; `PICTURE` for a picture. */
  answer: unknown;
  /** Members beyond those of the document, which CONTRACTS decided on, as `a.b`. */
  beyond?: readonly string[];
  given?(stage: Stage): Promise<Given>;
  /** Whether `given` waits for mail: none of an earlier example may be on its way then. */
  readsMail?: boolean;
  /** Whether the request may be repeated as it is; refusals always may. */
  isRepeatable?: boolean;
}

/** Several answers to one request of a document, each an example. */
export function request(
  sent: Pick<Example, 'method' | 'path' | 'fields'>,
  ...answers: readonly Omit<Example, 'method' | 'path' | 'fields'>[]
): Example[] {
  return answers.map((answer) => ({ ...sent, ...answer }));
}

/** The examples of a contract's document. */
export interface ContractDocument {
  slug: ContractSlug;
  /** Header of tokens; default: `authorization`. */
  tokenHeader?: string;
  examples: readonly Example[];
}

export const PICTURE = Symbol('picture');

/** Prepares what an example takes for granted, by requests of the contract itself. */
export class Stage {
  readonly api: ContractClient;

  constructor(
    readonly app: TestApp,
    { slug }: ContractDocument,
    readonly picture: Buffer,
    private readonly readsMail = false,
  ) {
    this.api = new ContractClient(app, slug);
  }

  /** Sends a request that has to succeed. */
  async must(method: Method, path: string, fields?: Record<string, unknown>, options: SendOptions = {}): Promise<Answer> {
    const answer = await this.api.send(method, path, fields, options);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer;
  }

  /** The mail to an address that came after `count` others. */
  async mailTo(address: string, count = 0): Promise<ReceivedMail> {
    if (!this.readsMail) throw new Error('The example does not say that it reads mail');
    let mail = await this.app.mailbox.newest(address);
    while (this.app.mailbox.count(address) <= count) mail = await this.app.mailbox.newest(address, mail);
    return mail;
  }

  async codeTo(address: string, count = 0): Promise<string> {
    return (await this.mailTo(address, count)).secretCode;
  }
}

type SendOptions = NonNullable<Parameters<ContractClient['send']>[3]>;

/** The value with placeholders replaced, those in its members and keys, too. */
export function fillIn(value: unknown, values: NonNullable<Given['values']>): unknown {
  if (typeof value === 'string') return Object.hasOwn(values, value) ? values[value] : value;
  if (Array.isArray(value)) return value.map((item) => fillIn(item, values));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [String(fillIn(key, values)), fillIn(item, values)]));
}
