import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const sdk = (file: string) => fileURLToPath(new URL(`../../sdk/src/${file}`, import.meta.url));

// In an app of your own, install @latchkey/client and leave `resolve` out: here the SDK is taken from the folder beside.
export default defineConfig({
  root: import.meta.dirname,
  resolve: {
    alias: { '@latchkey/client/react': sdk('react.ts'), '@latchkey/client': sdk('index.ts') },
    // One React for the app and the SDK, wherever else one is installed.
    dedupe: ['react', 'react-dom'],
  },
  server: { fs: { allow: ['.', '../../sdk'] } },
});
