import type { ErrorCode, Result } from './result.js';

/** What any call takes. */
export interface CallOptions {
  /** Cancels the call, which then answers `client.aborted`. */
  signal?: AbortSignal | undefined;
}

/** Who sends the calls of operations: `api` of a client. */
export interface Api {
  /** Never rejects, except for bugs. */
  send(request: ApiRequest): Promise<Result<unknown>>;
}

/** What is special about an operation. */
export interface Traits {
  /** Whether the server wants an access token, or takes one. */
  readonly auth?: 'required' | 'optional';
  /** The body is a form with a file. */
  readonly upload?: true;
  /** The answer is a file. */
  readonly file?: true;
  /** The answer is a list; all others are objects. */
  readonly list?: true;
  /** The status with which the server says that all is well and no more: the only good answer, unless it is `optional`. */
  readonly silent?: number;
  readonly optional?: true;
}

/** The parts of one request; those that are undefined are left out. */
export interface ApiRequest extends CallOptions, Traits {
  readonly method: string;
  /** Below the address of the server, such as `/v1/books/{id}`. */
  readonly path: string;
  readonly input: Input;
  /** The access token to be sent. */
  readonly token?: string | undefined;
  /** A proof of work that the server asked for. */
  readonly proof?: string | undefined;
  /** Cookies travel with it, whatever the client does otherwise. */
  readonly cookies?: true;
}

interface Input extends CallOptions {
  readonly path?: object | undefined;
  readonly query?: object | undefined;
  readonly headers?: object | undefined;
  readonly body?: unknown;
}

/** What a generated operation takes. */
export type Options<Data extends { url: string }> = Omit<Data, 'url'> & CallOptions & { client: Api };

/** Has an operation sent. Its types are those that the server's document names; nothing checks them here. */
export function send<T, Code extends ErrorCode>(
  { client, ...input }: Input & { client: Api },
  method: string,
  path: string,
  traits?: Traits,
): Promise<Result<T, Code>> {
  return client.send({ method, path, ...traits, input }) as Promise<Result<T, Code>>;
}
