import {
  type Setting,
  bool,
  cidrs,
  color,
  image,
  integer,
  oauthClients,
  oneOf,
  origins,
  rate,
  secret,
  someOf,
  text,
  url,
} from './setting.js';
import { CONTRACT_SLUGS } from '../contracts/shared/contract-slugs.js';
import { returnUrls } from '../auth/challenges/return-urls-setting.js';
import { smsUrl } from '../sms/sms-url.js';
import { storageUrl } from '../storage/storage-url.js';

/**
 * Every setting of the server, in the order of the README's table. Nothing else reads `process.env`.
 * Each is documented here once; `.env.example` and the README's table are generated from this object.
 */
export const SETTINGS = {
  NODE_ENV: oneOf(['development', 'test', 'production'], {
    default: 'development',
    doc: 'In `production` nothing is made up for you: `DATABASE_URL`, `SMTP_URL`, `APP_SECRET` and `PUBLIC_URL` are required.',
  }),
  HOST: text({
    default: '127.0.0.1',
    production: '0.0.0.0',
    doc: 'Address to listen on. Outside production only a loopback address is accepted.',
  }),
  PORT: integer({ default: 3000, min: 0, max: 65_535, doc: 'TCP port to listen on; 0 picks a free one.' }),
  PUBLIC_URL: url(['http:', 'https:'], {
    optional: true,
    example: 'https://accounts.example.com',
    doc: 'Where people and apps reach this server. Every link in a mail and the `iss` of every token is built from it. Default outside production: `http://localhost:PORT`.',
  }),
  DATA_DIR: text({
    default: '.data',
    doc: 'Folder of the embedded PostgreSQL and of the development secret, and of pictures unless `STORAGE_URL` says otherwise.',
  }),
  DATABASE_URL: url(['postgres:', 'postgresql:'], {
    optional: true,
    secret: true,
    example: 'postgres://latchkey:password@db:5432/latchkey',
    doc: 'PostgreSQL 15 or newer. Without it an embedded server is started (never in production).',
  }),
  DATABASE_DIRECT_URL: url(['postgres:', 'postgresql:'], {
    optional: true,
    secret: true,
    example: 'postgres://latchkey:password@db:5432/latchkey',
    doc: 'The same database, reached without a pooler such as pgbouncer: for migrations, the mail queue, and the connection on which a node hears of ended sessions. Default: `DATABASE_URL`.',
  }),
  DATABASE_POOL_SIZE: integer({ default: 10, min: 2, max: 200, doc: 'Most connections this node opens for requests.' }),
  STORAGE_URL: storageUrl({
    production: 'file:///var/lib/latchkey',
    example: 's3://bucket/latchkey?endpoint=https://s3.example.com&region=eu-central-1',
    doc: 'Where pictures are kept: a folder (`file:///var/lib/latchkey`), or an S3-compatible bucket, which several nodes need. Nothing else may share the folder or the prefix: what no account has is deleted. Default outside production: the folder `files` in `DATA_DIR`.',
  }),
  STORAGE_ACCESS_KEY: secret({ doc: 'Access key of the S3-compatible store.' }),
  STORAGE_SECRET_KEY: secret({ doc: 'Secret key of the S3-compatible store.' }),
  AVATAR_MAX_BYTES: integer({ default: 5_242_880, min: 65_536, max: 52_428_800, doc: 'Largest picture that can be uploaded, bytes.' }),
  MIGRATE_ON_START: bool({
    default: true,
    production: false,
    doc: 'Bring the database up to date at start (safe with several nodes). The alternative is `latchkey migrate`.',
  }),
  SMTP_URL: url(['smtp:', 'smtps:'], {
    optional: true,
    secret: true,
    example: 'smtps://user:password@mail.example.com:465',
    doc: 'Where mail is handed over. Without it mail goes to the mailbox at `/dev/mail` (never in production).',
  }),
  MAIL_FROM: text({
    default: 'Latchkey <no-reply@latchkey.localhost>',
    doc: 'The From header of every mail.',
  }),
  SMS_URL: smsUrl({
    example: 'twilio://ACCOUNT_SID:AUTH_TOKEN@api.twilio.com?from=+12025550100',
    doc: 'Where text messages are handed over: the Messages API of Twilio, or of a gateway that speaks it. `from` is a number, a name or a messaging service. Without it they go to the mailbox at `/dev/mail` where there is one; otherwise none are sent.',
  }),
  MAIL_WORKER: oneOf(['on', 'off'], {
    default: 'on',
    doc: '`off`: this node queues mail and text messages, and leaves sending them to other nodes.',
  }),
  MAIL_WEBHOOK_TOKEN: secret({
    doc: 'Bearer token with which a mail provider reports bounces and complaints to `/v1/mail/bounces`; without it there is no such address.',
  }),
  APP_NAME: text({ default: 'Latchkey', max: 64, doc: 'The name that people see in mails and on pages.' }),
  BRAND_COLOR: color({
    default: '#3346d3',
    doc: 'Colour of buttons and links in mails and on pages, in hexadecimal. Text on it is black or white, whichever can be read; links and dark screens get a shade of it that can.',
  }),
  BRAND_LOGO_URL: image({
    optional: true,
    example: 'https://www.example.com/logo.png',
    doc: 'Logo on pages and in mails in place of the name, 32 pixels high: an `https:` URL, or a `data:` URL of the image, which mails leave out. It should show on light and on dark grounds.',
  }),
  APP_SECRET: secret({
    doc: 'Root of every key: at least 32 bytes, e.g. `openssl rand -base64 48`. Outside production one is made and kept in `DATA_DIR`.',
  }),
  APP_SECRET_PREVIOUS: secret({
    doc: 'The former `APP_SECRET` while it is being replaced: what was made under it stays valid.',
  }),
  ACCESS_TOKEN_TTL_SECONDS: integer({
    default: 900,
    min: 30,
    max: 86_400,
    doc: 'Lifetime of an access token, seconds.',
  }),
  SIGNING_KEY_ROTATION_DAYS: integer({
    default: 30,
    min: 1,
    max: 365,
    doc: 'A new key signs access tokens after this many days. Tokens of the one before stay valid until they expire.',
  }),
  SESSION_IDLE_DAYS: integer({
    default: 30,
    min: 1,
    max: 365,
    doc: 'A session ends when it was not refreshed for this long.',
  }),
  SESSION_ABSOLUTE_DAYS: integer({
    default: 90,
    min: 1,
    max: 3_650,
    doc: 'A session ends this long after sign-in, used or not.',
  }),
  SIGN_IN_REQUIRES: oneOf(['nothing', 'verified'], {
    default: 'nothing',
    doc: '`verified`: only accounts with a confirmed e-mail address or mobile number can sign in.',
  }),
  ACCOUNT_PRIVACY: oneOf(['open', 'strict'], {
    default: 'open',
    doc: '`strict`: nobody can find out which e-mail addresses and mobile numbers are registered. Registering then takes one address and no username, answers 202 either way, and an account can sign in once the address is proven. Contracts go on answering what their documents say.',
  }),
  PASSWORD_MIN_LENGTH: integer({
    default: 15,
    min: 8,
    max: 64,
    doc: 'Shortest password accepted, in characters (NIST SP 800-63B-4 asks for 15 where it is the only factor).',
  }),
  DEFAULT_REGION: text({
    default: 'US',
    pattern: /^[A-Z]{2}$/,
    doc: 'Country (ISO 3166-1 alpha-2) in which a mobile number without `+` is read.',
  }),
  RETURN_URLS: returnUrls({
    default: [],
    example: 'https://app.example.com/welcome,https://app.example.com/settings',
    doc: 'Pages of your apps that the pages behind mailed links may lead back to, comma-separated, compared exactly. A request names one of them as `returnTo`.',
  }),
  CORS_ORIGINS: origins({
    default: [],
    example: 'https://app.example.com,https://admin.example.com',
    doc: 'Origins of browser apps that may call the API, comma-separated, compared exactly. Outside production an empty list admits every `http://localhost:*` and `http://127.0.0.1:*`.',
  }),
  TRUSTED_PROXIES: cidrs({
    default: [],
    example: '10.0.0.0/8,fd00::/8',
    doc: 'Addresses or CIDR ranges of reverse proxies whose `X-Forwarded-For` is believed.',
  }),
  RATE_LIMIT: oneOf(['on', 'off'], {
    default: 'on',
    doc: '`off` lifts throttles and mail caps, for tests and benches; refused in production.',
  }),
  REDIS_URL: url(['redis:', 'rediss:'], {
    optional: true,
    secret: true,
    example: 'redis://cache:6379',
    doc: 'Where several nodes count throttles together. Without it, and while it does not answer, each node counts for itself.',
  }),
  LIMIT_SIGN_IN: rate({
    default: { points: 5, seconds: 900 },
    doc: 'Wrong passwords per account and network, as `COUNT/SECONDS`. A network is an IPv4 address or an IPv6 /64.',
  }),
  LIMIT_SIGN_IN_ACCOUNT: rate({ default: { points: 50, seconds: 900 }, doc: 'Wrong passwords per account from everywhere.' }),
  LIMIT_SIGN_IN_NETWORK: rate({ default: { points: 100, seconds: 900 }, doc: 'Wrong passwords per network, for all accounts.' }),
  LIMIT_REGISTER: rate({ default: { points: 30, seconds: 3_600 }, doc: 'Registrations per network.' }),
  LIMIT_AVAILABILITY: rate({ default: { points: 60, seconds: 60 }, doc: 'Usernames and e-mail addresses asked about per network.' }),
  LIMIT_EXPORT: rate({ default: { points: 10, seconds: 3_600 }, doc: 'Exports of one account.' }),
  LIMIT_UPLOADS: rate({ default: { points: 30, seconds: 3_600 }, doc: 'Pictures uploaded for one account.' }),
  LIMIT_CODES: rate({ default: { points: 60, seconds: 900 }, doc: 'Codes and links tried per network.' }),
  LIMIT_OAUTH_CLIENTS: rate({
    default: { points: 30, seconds: 900 },
    doc: 'Wrong client secrets per network, at `/oauth` and `/v1/revocations`; right ones always pass.',
  }),
  LIMIT_MAIL_REQUESTS: rate({ default: { points: 30, seconds: 3_600 }, doc: 'Requests per network that may cause a mail.' }),
  LIMIT_MAIL_ADDRESS: rate({ default: { points: 6, seconds: 3_600 }, doc: 'Mails to one address; further ones are not sent.' }),
  LIMIT_MAIL_TOTAL: rate({
    default: { points: 5_000, seconds: 3_600 },
    doc: 'Mails of this installation that strangers can cause, to all addresses.',
  }),
  LIMIT_SMS_NUMBER: rate({ default: { points: 4, seconds: 3_600 }, doc: 'Text messages to one number, and those of one account.' }),
  LIMIT_SMS_TOTAL: rate({ default: { points: 500, seconds: 3_600 }, doc: 'Text messages of this installation, to all numbers.' }),
  AUDIT_RETENTION_DAYS: integer({
    default: 365,
    min: 30,
    max: 3_650,
    doc: 'How long the audit log keeps an event, days.',
  }),
  SHUTDOWN_GRACE_SECONDS: integer({
    default: 0,
    production: 5,
    min: 0,
    max: 300,
    doc: 'How long a server that was told to stop says "not ready" and answers on, until load balancers have noticed.',
  }),
  LOG_LEVEL: oneOf(['silent', 'error', 'warn', 'info', 'debug'], {
    default: 'info',
    doc: 'How much is logged; one JSON object a line on standard output. `debug` includes every request.',
  }),
  DOCS: bool({ default: true, doc: 'Serve the API documentation at `/docs` and `/openapi.json`.' }),
  CONTRACTS: someOf(CONTRACT_SLUGS, {
    default: CONTRACT_SLUGS,
    production: [],
    example: 'sadhelx,user-spec',
    doc: 'Wire contracts that are served below `/contracts`: a comma-separated list of `test-library`, `entity-user`, `sadhelx`, `user-auth`, `user-spec`, or `all`, or `none`.',
  }),
  CONTRACTS_OPEN: bool({
    default: true,
    production: false,
    doc: 'Serve to anyone what the documents of some contracts leave open, such as lists of all users. With `false` lists are for admins, an account is for its owner and admins, books are for anyone signed in.',
  }),
  OAUTH_CLIENTS: oauthClients({
    default: [],
    example: 'books:a-random-value,shop:another-random-value',
    doc: 'Backends that may introspect and revoke tokens and read the feed of revocations, as comma-separated `id:secret`; in production each secret has at least 32 bytes.',
  }),
  METRICS_TOKEN: secret({
    doc: 'Bearer token for `/metrics`. Without it `/metrics` is served outside production only.',
  }),
} satisfies Record<string, Setting<unknown>>;

type Value<S> = S extends Setting<infer T> ? T : never;

/** The validated settings, each under its own environment name. Injectable: `constructor(private readonly settings: Settings)`. */
// eslint-disable-next-line no-unsafe-declaration-merging -- the class is the injection token of the interface
export interface Settings extends Required<{ [K in keyof typeof SETTINGS]: Value<(typeof SETTINGS)[K]> }> {}
export abstract class Settings {}
