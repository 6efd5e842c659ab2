import { defaultServerConditions, defineConfig } from 'vite';

// In an app of your own, leave `conditions` out: here the SDK comes from its sources, so that a change shows at once.
export default defineConfig({
  root: import.meta.dirname,
  ssr: { noExternal: true, resolve: { conditions: ['@latchkey/source', ...defaultServerConditions] } },
  build: { ssr: 'src/main.ts', target: 'node20' },
});
