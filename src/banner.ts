import type { Settings } from './config/settings.js';

/** Says on a developer's terminal what runs where, and what to try first. */
export function writeBanner(settings: Settings, admin: { username: string; password: string } | null): void {
  const url = `http://${settings.HOST === '127.0.0.1' ? 'localhost' : settings.HOST}:${settings.PORT}`;
  const lines = [
    '',
    '  Latchkey is running.',
    '',
    `  Start      ${url}/`,
    `  API        ${url}/v1`,
    ...(settings.DOCS ? [`  Docs       ${url}/docs`] : []),
    ...(settings.SMTP_URL === undefined ? [`  Mailbox    ${url}/dev/mail`] : []),
    ...(admin === null ? [] : [`  Admin      ${admin.username} / ${admin.password}   (shown only this once)`]),
    '',
    '  Create an account:',
    `  curl -s ${url}/v1/auth/register -H 'content-type: application/json' \\`,
    `    -d '{"email":"ada@example.com","password":"four bright birds sing"}'`,
    '',
    '  Ctrl-C stops this server.',
    '',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
