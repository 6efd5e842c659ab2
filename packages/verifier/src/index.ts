export type { AccessTokenClaims } from './claims.js';
export { VerifierError, type StepUp, type VerifierErrorCode, type VerifierReason } from './errors.js';
export type { Requirements } from './requirements.js';
export { createVerifier, type Verifier, type VerifierOptions } from './verifier.js';
export {
  WebhookError,
  verifyWebhook,
  type AnyWebhookEvent,
  type VerifiedWebhook,
  type WebhookErrorReason,
  type WebhookOptions,
  type WebhookRequest,
} from './webhook.js';
