import { serve } from '@hono/node-server';
import { createApp } from './app.js';

const app = createApp(process.env['LATCHKEY_URL'] ?? 'http://localhost:3000');

serve({ fetch: app.fetch, hostname: 'localhost', port: Number(process.env['PORT'] ?? 5174) }, ({ port }) => {
  console.log(`http://localhost:${port}`);
});
