import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CallGraph } from '../support/call-graph.js';
import { CREDENTIAL_OPERATIONS } from '../support/contract-credentials.js';
import { startContracts } from '../support/contracts.js';
import { type Handler, handlersOf, operationsOf } from '../support/operations.js';
import type { TestApp } from '../support/start-app.js';

/**
 * Routes that change a credential for the reader of a mail or text message, who has no session; the code or link stands in for it. Another
 * one belongs here only if it asks for the second factor itself, or cannot weaken an account that requires one.
 */
const BY_MAIL = [
  // The first proof of an account, or a proof of what its owner asked for.
  'ConfirmEmailPageController.submit',
  'ConfirmNewEmailPageController.submit',
  'EmailVerificationController.confirm',
  'InvitationPageController.submit',
  'InvitationsController.accept',
  'MobileClaimController.confirm',
  'SignInCodePageController.submit',
  // Removes no factor without which the account would demand none, and signs nobody in.
  'DisavowalController.disavow',
  'DisavowPageController.submit',
  // The way back after a theft; removes no factor.
  'EmailChangeUndoController.undoEmailChange',
  'UndoEmailChangePageController.submit',
  // These ask for the factor.
  'DeleteAccountPageController.submit',
  'PasswordResetController.reset',
  'ResetPasswordPageController.submit',
  // For those who have lost it.
  'DelayResetPageController.submit',
  'DelayedResetController.request',
  'DelayedResetController.stop',
  'StopResetPageController.submit',
];

/**
 * Sign-ins in which an account that has no factor yet sets one up, a password that keeps the rules no more is replaced, or an identity at a
 * provider is linked; the factors come first. The callback notes what a provider said, in the browser that was sent there.
 */
const IN_A_SIGN_IN = /^\/v1\/sign-ins\/(?:callback\/\{slug\}|\{id\}(?:\/(?:attempts|authenticators\/.+))?)$/;

describe('a route that changes a credential', () => {
  let app: TestApp;
  let handlers: Handler[];
  beforeAll(async () => {
    app = await startContracts();
    const reaching = CallGraph.read().callersOf('CredentialChange', 'authorize');
    handlers = handlersOf(app).filter(({ name }) => reaching.has(name));
  });
  afterAll(() => app.stop());

  const isContract = ({ path }: Handler): boolean => path.startsWith('/contracts/');
  const takesSession = ({ access }: Handler): boolean =>
    access?.kind === 'signed-in' || access?.kind === 'roles' || access?.kind === 'open';

  it('is found, however it comes to the gate', () => {
    const names = handlers.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        'AccountDeletionController.deleteCurrentUser',
        'EmailChangeController.requestEmailChange',
        'MobileController.removeMobile',
        'PasswordChangeController.change',
        'UserSignInController.forcePasswordReset',
        'UsersAdministrationController.deleteUser',
      ]),
    );
    // Not everything: the graph would prove nothing.
    expect(names).not.toContain('UsersController.updateCurrentUser');
    expect(names.length).toBeLessThan(handlersOf(app).length / 2);
  });

  it('declares the level that it demands of a session', () => {
    const undeclared = handlers.filter((handler) => !isContract(handler) && takesSession(handler) && (handler.assurance?.level ?? 1) < 2);
    expect(undeclared.map(({ name }) => name)).toEqual([]);
  });

  it('without a session asks the reader of a mail, and is one of those that were thought through', () => {
    const others = handlers.filter((handler) => !isContract(handler) && !takesSession(handler) && !IN_A_SIGN_IN.test(handler.path));
    expect(others.map(({ name }) => name).toSorted()).toEqual(BY_MAIL.toSorted());
  });

  it('of a contract is tried on accounts that have a factor', () => {
    const operations = handlers
      .filter((handler) => isContract(handler) && takesSession(handler))
      .map(({ method, path }) => `${method} ${path}`);
    expect(operations.toSorted()).toEqual([...CREDENTIAL_OPERATIONS].toSorted());
  });

  it('shows in the document what it demands, and how it refuses', async () => {
    const operations = await operationsOf(app);
    const faults = handlersOf(app)
      .filter((handler) => !isContract(handler))
      .flatMap(({ method, path, assurance, access }) => {
        const spec = operations.find((each) => each.method === method && each.path === path)?.spec;
        const shown = JSON.stringify(spec?.['x-assurance']) === JSON.stringify(assurance);
        const refusals = Object.keys(spec?.responses['401']?.content?.['application/problem+json']?.examples ?? {});
        const refuses = assurance !== undefined || (access?.kind === 'roles' && access.roles.includes('admin'));
        return [
          ...(shown ? [] : [`${method} ${path} shows ${JSON.stringify(spec?.['x-assurance'])}`]),
          ...(!refuses || refusals.includes('auth.step_up_required') ? [] : [`${method} ${path} names no step-up`]),
        ];
      });
    expect(faults).toEqual([]);
  });
});
