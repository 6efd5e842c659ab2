import { defaultClientConditions, defineConfig } from 'vite';

// In an app of your own, leave `resolve` and `server` out: here the SDK comes from its sources, so that a change shows at once.
export default defineConfig({
  root: import.meta.dirname,
  resolve: {
    conditions: ['@latchkey/source', ...defaultClientConditions],
    // One React for the app and the SDK, wherever else one is installed.
    dedupe: ['react', 'react-dom'],
  },
  server: { fs: { allow: ['.', '../../packages/client'] } },
});
