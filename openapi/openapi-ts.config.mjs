/** What hey-api makes of the document of the core: the types of the SDK. Its operations are written by operations.mjs. */
export default {
  input: './latchkey.json',
  output: { path: process.env.SDK_OUTPUT ?? '../packages/client/src/generated', importFileExtension: '.js' },
  // For apps in browsers; the rest is for backends, operators and people with a browser.
  parser: { filters: { tags: { include: ['Auth', 'Sign-in', 'Users', 'Providers', 'Invitations', 'Books', 'Administration'] } } },
  plugins: ['@hey-api/typescript'],
};
