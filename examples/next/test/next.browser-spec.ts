import { fileURLToPath } from 'node:url';
import { describe } from 'vitest';
import { AppProcess } from '../../../packages/client/test/browser/support/app-process.js';
import { keepsSessions } from '../../../packages/client/test/browser/support/rendered-app.js';

describe('the example app on Next in a browser', () => {
  keepsSessions((url) => {
    const root = fileURLToPath(new URL('..', import.meta.url));
    return AppProcess.start(['node_modules/next/dist/bin/next', 'start', '--hostname', 'localhost', '--port', '0'], root, {
      LATCHKEY_URL: url,
      NEXT_TELEMETRY_DISABLED: '1',
    });
  });
});
