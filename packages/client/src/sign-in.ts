export type {
  AuthenticatorsView as Authenticators,
  NewTotpView as NewTotp,
  PasskeyAddedView as NewPasskey,
} from './generated/types.gen.js';
export type { AttemptOptions, PasskeyOptions, ProviderOptions, ResumeOptions } from './sign-in/flow-options.js';
export type {
  Complete,
  Expired,
  NeedsEnrollment,
  NeedsFirstFactor,
  NeedsLink,
  NeedsNewPassword,
  NeedsSecondFactor,
  OfferedFactor,
  SignIn,
  SignInStatus,
} from './sign-in/state.js';
export type { Demand, Flow as SignInFlow, OpenStepUp } from './sign-in/step-ups.js';
export { createPasskey, getPasskey, hasAutofill, hasPasskeys } from './sign-in/webauthn.js';
export type { Attempt, ChallengeAnswer, SignInBeginning } from './sign-in/wire.js';
export { type SignInMethods, type SignInOptions, withSignIn } from './sign-in/with-sign-in.js';
