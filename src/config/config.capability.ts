import type { Capability, Declarations } from '../common/capability.js';
import { folder, oneOf, ownSecret, text, url } from '../config/setting.js';

const declared = {
  settings: {
    NODE_ENV: oneOf(['development', 'test', 'production'], {
      default: 'development',
      doc: 'In `production` the server invents no settings: `DATABASE_URL`, `SMTP_URL`, `APP_SECRET` and `PUBLIC_URL` are required.',
    }),
    PUBLIC_URL: url(['http:', 'https:'], {
      optional: true,
      requiredInProduction: true,
      // Links consist of this URL and a path; it is also the issuer (RFC 8414 §2).
      check: (value) => (/[?#@]/.test(value) ? ['PUBLIC_URL must be without a user, a query and a fragment'] : []),
      example: 'https://accounts.example.com',
      doc: 'URL at which people and apps reach this server. The server builds every link in a mail and the `iss` of every token from it. Default outside production: `http://localhost:PORT`.',
    }),
    DATA_DIR: text({
      default: '.data',
      doc: 'Folder of the embedded PostgreSQL, the development secret and, unless `STORAGE_URL` is set, the pictures.',
    }),
    SETTINGS_DIR: folder({
      example: '/run/secrets/latchkey',
      doc: 'Folder with files named like settings (`/run/secrets/latchkey/APP_SECRET`), such as a mounted secret of Kubernetes. A file counts where its setting is given in no other way.',
    }),
    APP_SECRET: ownSecret({
      requiredInProduction: true,
      doc: 'Root secret for all keys: at least 32 bytes, e.g. `openssl rand -base64 48`. Outside production the server generates one and keeps it in `DATA_DIR`.',
    }),
    APP_SECRET_PREVIOUS: ownSecret({
      doc: 'The former `APP_SECRET` while you replace it: tokens, codes and links issued under it stay valid.',
    }),
    LOG_LEVEL: oneOf(['silent', 'error', 'warn', 'info', 'debug'], {
      default: 'info',
      doc: 'Level of the log on standard output, one JSON object a line. `debug` includes every request.',
    }),
  },
  errors: {
    'server.secret_outdated': {
      status: 503,
      title: 'This server lacks the newest secret',
      kind: 'unavailable',
      advice:
        'Wait `Retry-After` seconds and send the request again. Keep the user signed in: the token, code or link is good. Operators: set the newest `APP_SECRET` on this node.',
      page: { title: 'page.failure.uncheckable', advice: ['page.failure.uncheckable-advice'] },
    },
  },
} as const satisfies Declarations;

declare module '../common/declared.js' {
  interface Declared {
    config: typeof declared;
  }
}

/** Settings that every part of the server needs. */
export const config = {
  name: 'config',
  folder: import.meta.dirname,
  ...declared,
} as const satisfies Capability;
