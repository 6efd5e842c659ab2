import { afterAll } from 'vitest';
import { dropDatabases } from './databases.js';

afterAll(dropDatabases);
