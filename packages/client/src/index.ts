export { type ClientOptions, type LatchkeyClient, createClient } from './client.js';
export type { FieldRules } from './generated/errors.gen.js';
export type { FieldProblemView as FieldProblem, FieldRule, SessionView, UserView as User, WebhookEvent } from './generated/types.gen.js';
export type { CallOptions } from './operation.js';
export { type ErrorCode, type ErrorCodes, type ErrorTexts, LatchkeyError, type LocalErrorCode, type Result } from './result.js';
export type { AuthEvent, AuthListener, Session } from './session.js';
export { type SessionState, type SessionStore, sessionStore } from './session-state.js';
export type { SessionMode } from './rotation.js';
export { type SessionStorage, browserStorage, memoryStorage } from './storage.js';
