import { join } from 'node:path';
import type { NextConfig } from 'next';

// In an app of your own, leave `turbopack` out: here the SDK is a link to a folder above.
const config: NextConfig = { turbopack: { root: join(import.meta.dirname, '../..') } };

export default config;
