// parse-server in its own Express app, with its adapter for PostgreSQL.
import { ParseServer } from 'parse-server';

const { PORT, DATABASE_URL, MASTER_KEY } = process.env;
await ParseServer.startApp({
  databaseURI: DATABASE_URL,
  appId: 'bench',
  masterKey: MASTER_KEY,
  serverURL: `http://127.0.0.1:${PORT}/parse`,
  host: '127.0.0.1',
  port: Number(PORT),
  mountPath: '/parse',
  silent: true,
  logLevel: 'error',
  allowClientClassCreation: false,
});
