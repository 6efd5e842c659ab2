import { type TestUser, signedIn } from './accounts.js';
import { type TestTotp, addTotp, forgetStep, totpCode } from './factors.js';
import type { ReceivedMail } from './mailbox.js';
import type { Answer, CallOptions, TestApp } from './start-app.js';

/** An account with an authenticator app. */
export type TwoFactorUser = TestUser & { totp: TestTotp };

export async function withTotp(app: TestApp, fields: Record<string, unknown> = {}): Promise<TwoFactorUser> {
  const user = await signedIn(app, fields);
  return { ...user, totp: await addTotp(app, user.accessToken) };
}

/** Id and secret of a sign-in. */
export interface TestSignIn {
  id: string;
  secret: string;
}

/** A sign-in that waits for something. */
export interface WaitingSignIn extends TestSignIn {
  status: string;
  factors: object[];
  requiredAal: number;
}

/** Begins a sign-in; throws unless it waits for something. */
export async function begin(app: TestApp, body: Record<string, unknown> = {}, options?: CallOptions): Promise<WaitingSignIn> {
  const answer = await app.post('/v1/sign-ins', body, options);
  if (answer.status !== 201) throw new Error(`sign-in: ${answer.status} ${answer.text}`);
  return answer.body;
}

/** Begins one with the right password, which is not enough. */
export function beginWithPassword(app: TestApp, { email, password }: TestUser, more: Record<string, unknown> = {}) {
  return begin(app, { identifier: email, password, ...more });
}

export function attempt(app: TestApp, { id, secret }: TestSignIn, answer: object, options: CallOptions = {}): Promise<Answer> {
  const headers = { 'sign-in-secret': secret, ...options.headers };
  return app.post(`/v1/sign-ins/${id}/attempts`, answer, { ...options, headers });
}

export function readSignIn(app: TestApp, { id, secret }: TestSignIn): Promise<Answer> {
  return app.get(`/v1/sign-ins/${id}`, { headers: { 'sign-in-secret': secret } });
}

/** Raises the session of a user who has an authenticator app. @returns the new access token */
export async function stepUp(app: TestApp, { accessToken, totp }: TwoFactorUser): Promise<string> {
  const signIn = await begin(app, { purpose: 'step_up', requiredAal: 2 }, { token: accessToken });
  await forgetStep(app, totp.id);
  const { body, status, text } = await attempt(app, signIn, { totp: totpCode(totp.secret) });
  if (status !== 200) throw new Error(`step-up: ${status} ${text}`);
  return body.session.accessToken;
}

/** Asks for a mailed code. */
export function askForCode(app: TestApp, { id, secret }: TestSignIn, type = 'email_code', options: CallOptions = {}): Promise<Answer> {
  return app.post(`/v1/sign-ins/${id}/challenges`, { type }, { ...options, headers: { 'sign-in-secret': secret, ...options.headers } });
}

/** A mailed code, as an attempt takes it, with its mail and the answer that told of it. */
export interface MailedCode {
  answer: { challengeId: string; code: string };
  mail: ReceivedMail;
  body: Record<string, unknown>;
}

/** Asks for a code, and reads it in the mail. */
export async function mailedCode(app: TestApp, signIn: TestSignIn, to: string): Promise<MailedCode> {
  const before = app.mailbox.latest(SUBJECT, to);
  const { status, body, text } = await askForCode(app, signIn);
  if (status !== 201) throw new Error(`code: ${status} ${text}`);
  const mail = await app.mailbox.newest(to, before, SUBJECT);
  return { answer: { challengeId: body.id, code: mail.secretCode }, mail, body };
}

const SUBJECT = 'Your code to sign';

/** Digits that are not the code. */
export function wrongCode(code: string): string {
  return code === '00000000' ? '00000001' : '00000000';
}
