export { type ClientOptions, type LatchkeyClient, createClient } from './client.js';
export type { ErrorCode, FieldProblemView as FieldProblem, FieldRule, SessionView, UserView as User } from './generated/types.gen.js';
export { LatchkeyError, type LocalErrorCode, type Result } from './result.js';
export type { AuthEvent, AuthListener, Session } from './session.js';
export type { SessionMode } from './session-keeper.js';
export { type CookieJar, type SessionStorage, browserStorage, cookieStorage, memoryStorage } from './storage.js';
