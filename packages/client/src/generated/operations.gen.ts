// Generated from the OpenAPI document by openapi/operations.mjs. Do not edit.
import { type Options, send } from '../operation.js';
import type { Result } from '../result.js';
import type * as Api from './types.gen.js';

/**
 * Codes of the failures of `listAuditEvents`; any call can also fail with a local one.
 */
export type ListAuditEventsCode = 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.step_up_required' | 'access.forbidden' | 'request.invalid' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * List audit events
 *
 * Events of all authentication and administrative acts, the newest first. An event has to match all filters. The server keeps events for `AUDIT_RETENTION_DAYS`. Events of deleted accounts stay, but only with the id of the account.
 */
export const listAuditEvents = (options: Options<Api.ListAuditEventsData>): Promise<Result<Api.AuditEventListView, ListAuditEventsCode>> =>
  send(options, 'GET', '/v1/audit', { auth: 'required' });

/**
 * Codes of the failures of `listSecurityEvents`; any call can also fail with a local one.
 */
export type ListSecurityEventsCode = 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'request.invalid' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * List audit events of my account
 *
 * Sign-ins, wrong passwords, changes, and acts of administrators on the account, the newest first.
 */
export const listSecurityEvents = (options: Options<Api.ListSecurityEventsData>): Promise<Result<Api.SecurityEventListView, ListSecurityEventsCode>> =>
  send(options, 'GET', '/v1/users/me/security-events', { auth: 'required' });

/**
 * Codes of the failures of `previewTranslation`; any call can also fail with a local one.
 */
export type PreviewTranslationCode = 'request.malformed' | 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.step_up_required' | 'access.forbidden' | 'translation.locale_unknown' | 'translation.key_unknown' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Try a text of your own
 *
 * Checks the text as storing it would, and shows how it reads with invented values; a text of a mail in the whole mail, with all other texts and templates as they are now. Stores nothing.
 */
export const previewTranslation = (options: Options<Api.PreviewTranslationData>): Promise<Result<Api.TranslationPreviewView, PreviewTranslationCode>> =>
  send(options, 'POST', '/v1/translations/preview', { auth: 'required' });

/**
 * Codes of the failures of `getCurrentUser`; any call can also fail with a local one.
 */
export type GetCurrentUserCode = 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'user.not_found' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Read my account
 *
 * Reads the account of the caller from the database.
 */
export const getCurrentUser = (options: Options<Api.GetCurrentUserData>): Promise<Result<Api.UserView, GetCurrentUserCode>> =>
  send(options, 'GET', '/v1/users/me', { auth: 'required' });

/**
 * Codes of the failures of `deleteCurrentUser`; any call can also fail with a local one.
 */
export type DeleteCurrentUserCode = 'request.malformed' | 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.bad_credentials' | 'auth.step_up_required' | 'user.not_found' | 'user.last_admin' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'request.throttled' | 'request.headers_too_large' | 'server.error' | 'server.busy' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Delete my account
 *
 * Deletes the account permanently, with all its data; the server sends no mail about it. A user without a password leaves `password` out and needs a proof that is at most 300 s old, or requests a link (`requestAccountDeletion`). Every session ends at once on every device. The audit log keeps its events with the id of the account, but without addresses. Offer an export first.
 */
export const deleteCurrentUser = (options: Options<Api.DeleteCurrentUserData>): Promise<Result<null, DeleteCurrentUserCode>> =>
  send(options, 'DELETE', '/v1/users/me', { auth: 'required', silent: 204 });

/**
 * Codes of the failures of `updateCurrentUser`; any call can also fail with a local one.
 */
export type UpdateCurrentUserCode = 'request.malformed' | 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.step_up_required' | 'access.forbidden' | 'auth.method_disabled' | 'user.not_found' | 'auth.second_factor_demanded' | 'authenticator.none' | 'user.username_taken' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'request.throttled' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Edit my profile
 *
 * Changes all fields that are sent, or none of them: null clears a field, an absent field stays. `metadata` is replaced as a whole. Only `mfaRequired` needs a proof that is at most 300 s old, by a second factor if the account has one.
 */
export const updateCurrentUser = (options: Options<Api.UpdateCurrentUserData>): Promise<Result<Api.UserView, UpdateCurrentUserCode>> =>
  send(options, 'PATCH', '/v1/users/me', { auth: 'required' });

/**
 * Codes of the failures of `setAvatar`; any call can also fail with a local one.
 */
export type SetAvatarCode = 'request.malformed' | 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'user.not_found' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'request.throttled' | 'request.headers_too_large' | 'server.error' | 'server.busy' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | 'storage.full' | RefreshSessionCode;

/**
 * Upload a picture
 *
 * A PNG, JPEG or WebP of at most 5 MiB (a setting) and 25 megapixels. The server crops it to a square and re-encodes it without metadata.
 */
export const setAvatar = (options: Options<Api.SetAvatarData>): Promise<Result<Api.UserView, SetAvatarCode>> =>
  send(options, 'PUT', '/v1/users/me/avatar', { auth: 'required', upload: true });

/**
 * Codes of the failures of `removeAvatar`; any call can also fail with a local one.
 */
export type RemoveAvatarCode = 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'user.not_found' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Remove the picture
 *
 * The URL of the picture stops working, unless another account has the same picture.
 */
export const removeAvatar = (options: Options<Api.RemoveAvatarData>): Promise<Result<null, RemoveAvatarCode>> =>
  send(options, 'DELETE', '/v1/users/me/avatar', { auth: 'required', silent: 204 });

/**
 * Codes of the failures of `getAvatar`; any call can also fail with a local one.
 */
export type GetAvatarCode = 'route.not_found' | 'request.invalid' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated';

/**
 * Read a picture
 *
 * Public, so that apps can show the picture with an `<img>`. The URL is derived from the content, so clients may cache the picture forever.
 */
export const getAvatar = (options: Options<Api.GetAvatarData>): Promise<Result<Blob, GetAvatarCode>> =>
  send(options, 'GET', '/avatars/{file}', { file: true });

/**
 * Codes of the failures of `listSessions`; any call can also fail with a local one.
 */
export type ListSessionsCode = 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * List my sessions
 *
 * The active sessions of the caller, the current one first, then the most recently used; at most 100.
 */
export const listSessions = (options: Options<Api.ListSessionsData>): Promise<Result<Api.SessionListView, ListSessionsCode>> =>
  send(options, 'GET', '/v1/users/me/sessions', { auth: 'required' });

/**
 * Codes of the failures of `revokeOtherSessions`; any call can also fail with a local one.
 */
export type RevokeOtherSessionsCode = 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Sign out everywhere else
 *
 * Ends every session of the account except this one, at once.
 */
export const revokeOtherSessions = (options: Options<Api.RevokeOtherSessionsData>): Promise<Result<null, RevokeOtherSessionsCode>> =>
  send(options, 'DELETE', '/v1/users/me/sessions', { auth: 'required', silent: 204 });

/**
 * Codes of the failures of `revokeSession`; any call can also fail with a local one.
 */
export type RevokeSessionCode = 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'session.not_found' | 'route.not_found' | 'request.invalid' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Sign a device out
 *
 * Ends one session of the caller at once. Its access tokens stop working, too.
 */
export const revokeSession = (options: Options<Api.RevokeSessionData>): Promise<Result<null, RevokeSessionCode>> =>
  send(options, 'DELETE', '/v1/users/me/sessions/{id}', { auth: 'required', silent: 204 });

/**
 * Codes of the failures of `getRegistrationPolicy`; any call can also fail with a local one.
 */
export type GetRegistrationPolicyCode = 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated';

/**
 * Read who can register
 *
 * For frontends: whether to offer a registration form, and what to say beside its address.
 */
export const getRegistrationPolicy = (options: Options<Api.GetRegistrationPolicyData>): Promise<Result<Api.RegistrationPolicyView, GetRegistrationPolicyCode>> =>
  send(options, 'GET', '/v1/registration');

/**
 * Codes of the failures of `listDevices`; any call can also fail with a local one.
 */
export type ListDevicesCode = 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * List my remembered devices
 *
 * Devices on which a sign-in does not ask for the second factor. All of them are forgotten with a new password, with "sign out everywhere", and when a factor is added or removed.
 */
export const listDevices = (options: Options<Api.ListDevicesData>): Promise<Result<Api.DeviceListView, ListDevicesCode>> =>
  send(options, 'GET', '/v1/users/me/devices', { auth: 'required' });

/**
 * Codes of the failures of `forgetDevice`; any call can also fail with a local one.
 */
export type ForgetDeviceCode = 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'device.not_found' | 'route.not_found' | 'request.invalid' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Forget a device
 *
 * The next sign-in on the device asks for the second factor again. Its sessions stay.
 */
export const forgetDevice = (options: Options<Api.ForgetDeviceData>): Promise<Result<null, ForgetDeviceCode>> =>
  send(options, 'DELETE', '/v1/users/me/devices/{id}', { auth: 'required', silent: 204 });

/**
 * Codes of the failures of `listProviders`; any call can also fail with a local one.
 */
export type ListProvidersCode = 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * List the providers
 *
 * The enabled ones, for buttons on a sign-in page. With the access token of an administrator: all of them, with their settings but without their secrets.
 */
export const listProviders = (options: Options<Api.ListProvidersData>): Promise<Result<Api.ProviderInListView[], ListProvidersCode>> =>
  send(options, 'GET', '/v1/providers', { auth: 'optional', list: true });

/**
 * Codes of the failures of `createProvider`; any call can also fail with a local one.
 */
export type CreateProviderCode = 'request.malformed' | 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.step_up_required' | 'access.forbidden' | 'provider.slug_taken' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Set up a provider
 *
 * With a `preset` the server knows the rest: send `slug`, `clientId` and `clientSecret`. Otherwise any OpenID provider by its `issuer`, or a plain OAuth 2 provider by its `endpoints`. Enter the `redirectUri` of the answer at the provider.
 */
export const createProvider = (options: Options<Api.CreateProviderData>): Promise<Result<Api.ProviderView, CreateProviderCode>> =>
  send(options, 'POST', '/v1/providers', { auth: 'required' });

/**
 * Codes of the failures of `getProvider`; any call can also fail with a local one.
 */
export type GetProviderCode = 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.step_up_required' | 'access.forbidden' | 'provider.not_found' | 'route.not_found' | 'request.invalid' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Read a provider
 *
 * Without its secret.
 */
export const getProvider = (options: Options<Api.GetProviderData>): Promise<Result<Api.ProviderView, GetProviderCode>> =>
  send(options, 'GET', '/v1/providers/{id}', { auth: 'required' });

/**
 * Codes of the failures of `updateProvider`; any call can also fail with a local one.
 */
export type UpdateProviderCode = 'request.malformed' | 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.step_up_required' | 'access.forbidden' | 'provider.not_found' | 'route.not_found' | 'provider.from_settings' | 'request.precondition_failed' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Change a provider
 *
 * Changes all fields that are sent, or none of them. One that moves to another address needs its secret again.
 */
export const updateProvider = (options: Options<Api.UpdateProviderData>): Promise<Result<Api.ProviderView, UpdateProviderCode>> =>
  send(options, 'PATCH', '/v1/providers/{id}', { auth: 'required' });

/**
 * Codes of the failures of `deleteProvider`; any call can also fail with a local one.
 */
export type DeleteProviderCode = 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.step_up_required' | 'access.forbidden' | 'provider.not_found' | 'route.not_found' | 'provider.in_use' | 'provider.from_settings' | 'request.precondition_failed' | 'request.invalid' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Delete a provider
 *
 * Only while no account signs in by it; one that accounts use can be disabled.
 */
export const deleteProvider = (options: Options<Api.DeleteProviderData>): Promise<Result<null, DeleteProviderCode>> =>
  send(options, 'DELETE', '/v1/providers/{id}', { auth: 'required', silent: 204 });

/**
 * Codes of the failures of `changePassword`; any call can also fail with a local one.
 */
export type ChangePasswordCode = 'request.malformed' | 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.bad_credentials' | 'auth.step_up_required' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'request.throttled' | 'request.headers_too_large' | 'server.error' | 'server.busy' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Change the password
 *
 * Without `currentPassword` it gives a password to an account that has none; the session needs a proof that is at most 300 s old then. Every session ends at once, including the current one: sign in again with the new password. Codes and links in earlier mails stop working, except those that prove the address or number which the account registered with, and the server mails a notice. Wrong current passwords count like failed sign-ins.
 */
export const changePassword = (options: Options<Api.ChangePasswordData>): Promise<Result<null, ChangePasswordCode>> =>
  send(options, 'PUT', '/v1/auth/password', { auth: 'required', silent: 204 });

/**
 * Codes of the failures of `requestPasswordReset`; any call can also fail with a local one.
 */
export type RequestPasswordResetCode = 'request.malformed' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'proof_of_work.invalid' | 'proof_of_work.required' | 'request.throttled' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated';

/**
 * Request a password reset
 *
 * Mails a link and an eight-digit code to the stored address of the account. If you send its mobile number, or if it has no address, the server texts a code instead, provided that the number is verified. The answer and its timing are the same whether or not the account exists. A new mail invalidates earlier codes and links, a new text message earlier texted codes.
 */
export const requestPasswordReset = (options: Options<Api.RequestPasswordResetData>): Promise<Result<null, RequestPasswordResetCode>> =>
  send(options, 'POST', '/v1/auth/password/forgot', { silent: 202 });

/**
 * Codes of the failures of `checkPasswordReset`; any call can also fail with a local one.
 */
export type CheckPasswordResetCode = 'challenge.invalid' | 'challenge.expired' | 'request.malformed' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'request.throttled' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated';

/**
 * Check a reset code or link
 *
 * For apps that ask for the code first and for the new password on the next screen. The code or link stays usable, but wrong codes count: after five from your network that code stops working there; the link of a mail still works.
 */
export const checkPasswordReset = (options: Options<Api.CheckPasswordResetData>): Promise<Result<null, CheckPasswordResetCode>> =>
  send(options, 'POST', '/v1/auth/password/reset/check', { silent: 204 });

/**
 * Codes of the failures of `resetPassword`; any call can also fail with a local one.
 */
export type ResetPasswordCode = 'challenge.invalid' | 'challenge.expired' | 'request.malformed' | 'factor.invalid' | 'auth.second_factor_required' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'request.throttled' | 'factor.throttled' | 'request.headers_too_large' | 'server.error' | 'server.busy' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated';

/**
 * Reset the password
 *
 * Send the `token` of the link, or `identifier` and `code`. Works once. Every session of the account ends, a mailed code or link verifies the e-mail address, and the server mails a notice there. The reset signs nobody in: sign in with the new password. A rejected password leaves link and code usable. An account that requires a second factor answers 403 `auth.second_factor_required` without `totp` or `recoveryCode`, and keeps its factors; whoever has lost them asks for a reset after a wait (`requestDelayedReset`).
 */
export const resetPassword = (options: Options<Api.ResetPasswordData>): Promise<Result<null, ResetPasswordCode>> =>
  send(options, 'POST', '/v1/auth/password/reset', { silent: 204 });

/**
 * Codes of the failures of `requestDelayedReset`; any call can also fail with a local one.
 */
export type RequestDelayedResetCode = 'challenge.invalid' | 'challenge.expired' | 'request.malformed' | 'auth.second_factor_required' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'request.throttled' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated';

/**
 * Ask for a reset without the second factor
 *
 * For somebody who has neither the authenticator nor a recovery code. Send the `token` of the reset link, or `identifier` and `code`, which are used up. The server tells the owner at once and again before the wait (`RESET_WITHOUT_FACTOR_HOURS`) is over; a link in these mails stops it, and so does any use of a factor of the account. Then it mails a link to choose a new password without the factor: the authenticators and recovery codes are removed, every session ends, and the next sign-in demands a new second factor. Refused with 403 `auth.second_factor_required` for administrators and for accounts without a verified e-mail address; an administrator can help them.
 */
export const requestDelayedReset = (options: Options<Api.RequestDelayedResetData>): Promise<Result<Api.DelayedResetView, RequestDelayedResetCode>> =>
  send(options, 'POST', '/v1/auth/password/reset/delayed');

/**
 * Codes of the failures of `stopDelayedReset`; any call can also fail with a local one.
 */
export type StopDelayedResetCode = 'challenge.invalid' | 'challenge.expired' | 'request.malformed' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'request.throttled' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated';

/**
 * Stop a reset without the second factor
 *
 * Send the `token` of the link in the mail that told of it. The password and the second factors stay as they are.
 */
export const stopDelayedReset = (options: Options<Api.StopDelayedResetData>): Promise<Result<null, StopDelayedResetCode>> =>
  send(options, 'POST', '/v1/auth/password/reset/stop', { silent: 204 });

/**
 * Codes of the failures of `requestEmailChange`; any call can also fail with a local one.
 */
export type RequestEmailChangeCode = 'idempotency.key_invalid' | 'request.malformed' | 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.bad_credentials' | 'auth.step_up_required' | 'registration.domain_not_allowed' | 'user.not_found' | 'idempotency.in_progress' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'idempotency.key_reused' | 'request.throttled' | 'request.headers_too_large' | 'server.error' | 'server.busy' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Change my e-mail address
 *
 * Mails a link and a six-digit code to the new address; the account keeps the old address until one of them is used. The answer and its timing are the same whether or not the new address is taken. Wrong passwords count like failed sign-ins.
 */
export const requestEmailChange = (options: Options<Api.RequestEmailChangeData>): Promise<Result<null, RequestEmailChangeCode>> =>
  send(options, 'POST', '/v1/users/me/email', { auth: 'required', silent: 202 });

/**
 * Codes of the failures of `confirmEmailChange`; any call can also fail with a local one.
 */
export type ConfirmEmailChangeCode = 'challenge.invalid' | 'challenge.expired' | 'request.malformed' | 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.step_up_required' | 'registration.domain_not_allowed' | 'user.not_found' | 'user.email_taken' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'request.throttled' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Confirm my new e-mail address
 *
 * Send the `code`, or the `token` of the link, with an access token of the account. The account then has the new address, verified; all other codes and links stop working. The server mails a notice to the former address; if that was verified, the notice has a link that undoes the change within 7 days.
 */
export const confirmEmailChange = (options: Options<Api.ConfirmEmailChangeData>): Promise<Result<Api.UserView, ConfirmEmailChangeCode>> =>
  send(options, 'POST', '/v1/users/me/email/confirm', { auth: 'required' });

/**
 * Codes of the failures of `undoEmailChange`; any call can also fail with a local one.
 */
export type UndoEmailChangeCode = 'challenge.invalid' | 'challenge.expired' | 'request.malformed' | 'user.email_taken' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'request.throttled' | 'request.headers_too_large' | 'server.error' | 'server.busy' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated';

/**
 * Undo a change of the e-mail address
 *
 * Send the token of the link that the former address received; it is valid for 7 days. The account gets that address back, every session ends, and the old password stops working. The request signs nobody in. A rejected password leaves the link usable.
 */
export const undoEmailChange = (options: Options<Api.UndoEmailChangeData>): Promise<Result<null, UndoEmailChangeCode>> =>
  send(options, 'POST', '/v1/auth/email/undo', { silent: 204 });

/**
 * Codes of the failures of `requestEmailVerification`; any call can also fail with a local one.
 */
export type RequestEmailVerificationCode = 'request.malformed' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'proof_of_work.invalid' | 'proof_of_work.required' | 'request.throttled' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated';

/**
 * Send the confirmation mail again
 *
 * The answer is the same whether or not the address is registered. A new mail invalidates earlier codes and links.
 */
export const requestEmailVerification = (options: Options<Api.RequestEmailVerificationData>): Promise<Result<null, RequestEmailVerificationCode>> =>
  send(options, 'POST', '/v1/auth/email/verification', { silent: 202 });

/**
 * Codes of the failures of `confirmEmail`; any call can also fail with a local one.
 */
export type ConfirmEmailCode = 'challenge.invalid' | 'challenge.expired' | 'request.malformed' | 'auth.proof_required' | 'auth.bad_credentials' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'request.throttled' | 'request.headers_too_large' | 'server.error' | 'server.busy' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Confirm an e-mail address
 *
 * Send the `code` with the `ticket` of your registration, or with `email`, or the `token` of the link. Without the ticket also prove that the account is yours: send its `password`, an access token of the account, or a `newPassword` (for an account that somebody else registered with your address; their password, sessions and mobile number are removed).
 */
export const confirmEmail = (options: Options<Api.ConfirmEmailData>): Promise<Result<Api.UserView, ConfirmEmailCode>> =>
  send(options, 'POST', '/v1/auth/email/verification/confirm', { auth: 'optional' });

/**
 * Codes of the failures of `requestMobileClaim`; any call can also fail with a local one.
 */
export type RequestMobileClaimCode = 'request.malformed' | 'sms.not_configured' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'proof_of_work.invalid' | 'proof_of_work.required' | 'request.throttled' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated';

/**
 * Text a code to a number that somebody registered with
 *
 * The answer is the same whether or not the number is registered. A code that is less than half its lifetime old is sent again; otherwise a new one, and earlier codes stop working. Signed-in users use `POST /v1/users/me/mobile/verification`.
 */
export const requestMobileClaim = (options: Options<Api.RequestMobileClaimData>): Promise<Result<null, RequestMobileClaimCode>> =>
  send(options, 'POST', '/v1/auth/mobile/verification', { silent: 202 });

/**
 * Codes of the failures of `claimMobile`; any call can also fail with a local one.
 */
export type ClaimMobileCode = 'challenge.invalid' | 'challenge.expired' | 'request.malformed' | 'auth.proof_required' | 'auth.bad_credentials' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'request.throttled' | 'request.headers_too_large' | 'server.error' | 'server.busy' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Verify a number that somebody registered with
 *
 * Send `mobile` and `code`, and what proves that the account is yours: the `ticket` of the registration, its `password`, an access token of the account, or a `newPassword` (for an account that somebody else registered with your number; their password, sessions and e-mail address are removed). An account with a proven e-mail address takes no `newPassword`.
 */
export const claimMobile = (options: Options<Api.ClaimMobileData>): Promise<Result<Api.UserView, ClaimMobileCode>> =>
  send(options, 'POST', '/v1/auth/mobile/verification/confirm', { auth: 'optional' });

/**
 * Codes of the failures of `changeMobile`; any call can also fail with a local one.
 */
export type ChangeMobileCode = 'request.malformed' | 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.bad_credentials' | 'auth.step_up_required' | 'user.not_found' | 'user.mobile_taken' | 'sms.not_configured' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'request.throttled' | 'request.headers_too_large' | 'server.error' | 'server.busy' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Set my mobile number
 *
 * Sets the number at once, unverified. If it replaces another number, the server mails a notice. A server with `ACCOUNT_PRIVACY=strict` texts a code instead, answers 202 whether or not the number is taken, and sets it once the code is confirmed. Wrong passwords count like failed sign-ins.
 */
export const changeMobile = (options: Options<Api.ChangeMobileData>): Promise<Result<Api.UserView | null, ChangeMobileCode>> =>
  send(options, 'PUT', '/v1/users/me/mobile', { auth: 'required', silent: 202, optional: true });

/**
 * Codes of the failures of `removeMobile`; any call can also fail with a local one.
 */
export type RemoveMobileCode = 'request.malformed' | 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.bad_credentials' | 'auth.step_up_required' | 'user.not_found' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'request.throttled' | 'request.headers_too_large' | 'server.error' | 'server.busy' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Remove my mobile number
 *
 * Refused if the number is the only identifier of the account. Wrong passwords count like failed sign-ins.
 */
export const removeMobile = (options: Options<Api.RemoveMobileData>): Promise<Result<null, RemoveMobileCode>> =>
  send(options, 'DELETE', '/v1/users/me/mobile', { auth: 'required', silent: 204 });

/**
 * Codes of the failures of `requestMobileVerification`; any call can also fail with a local one.
 */
export type RequestMobileVerificationCode = 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'user.not_found' | 'user.mobile_unreachable' | 'sms.not_configured' | 'proof_of_work.invalid' | 'request.invalid' | 'proof_of_work.required' | 'request.throttled' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Text a code to my mobile number
 *
 * Texts eight digits, valid for 15 minutes. Earlier codes stop working. The server sends nothing to a number that is already verified.
 */
export const requestMobileVerification = (options: Options<Api.RequestMobileVerificationData>): Promise<Result<null, RequestMobileVerificationCode>> =>
  send(options, 'POST', '/v1/users/me/mobile/verification', { auth: 'required', silent: 202 });

/**
 * Codes of the failures of `confirmMobile`; any call can also fail with a local one.
 */
export type ConfirmMobileCode = 'challenge.invalid' | 'challenge.expired' | 'request.malformed' | 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.step_up_required' | 'user.not_found' | 'user.mobile_taken' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'request.throttled' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Verify my mobile number
 *
 * Send the code of the text message. After five wrong codes that code stops working.
 */
export const confirmMobile = (options: Options<Api.ConfirmMobileData>): Promise<Result<Api.UserView, ConfirmMobileCode>> =>
  send(options, 'POST', '/v1/users/me/mobile/verification/confirm', { auth: 'required' });

/**
 * Codes of the failures of `requestAccountDeletion`; any call can also fail with a local one.
 */
export type RequestAccountDeletionCode = 'request.malformed' | 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.step_up_required' | 'user.not_found' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'request.throttled' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Delete my account by mail
 *
 * For users without a password. Mails a link, valid for an hour, to the verified address of the account; the page behind the link asks for confirmation and then deletes the account. Earlier links stop working. The answer is the same whether or not the account has such an address.
 */
export const requestAccountDeletion = (options: Options<Api.RequestAccountDeletionData>): Promise<Result<null, RequestAccountDeletionCode>> =>
  send(options, 'POST', '/v1/users/me/deletion', { auth: 'required', silent: 202 });

/**
 * Codes of the failures of `exportCurrentUser`; any call can also fail with a local one.
 */
export type ExportCurrentUserCode = 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'user.not_found' | 'request.throttled' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Export my data
 *
 * One JSON document as a download: the account, its sessions, mails, codes and audit events, complete and without secrets. The server streams the document from the database, so an interrupted answer is not valid JSON.
 */
export const exportCurrentUser = (options: Options<Api.ExportCurrentUserData>): Promise<Result<Api.AccountExportView, ExportCurrentUserCode>> =>
  send(options, 'GET', '/v1/users/me/export', { auth: 'required' });

/**
 * Codes of the failures of `listAuthenticators`; any call can also fail with a local one.
 */
export type ListAuthenticatorsCode = 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'user.not_found' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * List my authenticators
 *
 * Everything that the account signs in with. Authenticators that were not confirmed are not in the list.
 */
export const listAuthenticators = (options: Options<Api.ListAuthenticatorsData>): Promise<Result<Api.AuthenticatorsView, ListAuthenticatorsCode>> =>
  send(options, 'GET', '/v1/users/me/authenticators', { auth: 'required' });

/**
 * Codes of the failures of `renameAuthenticator`; any call can also fail with a local one.
 */
export type RenameAuthenticatorCode = 'request.malformed' | 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.step_up_required' | 'auth.bad_credentials' | 'access.forbidden' | 'authenticator.not_found' | 'user.not_found' | 'route.not_found' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'request.throttled' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Rename an authenticator
 *
 * Needs a proof that is at most 300 s old, by a second factor if the account has one.
 */
export const renameAuthenticator = (options: Options<Api.RenameAuthenticatorData>): Promise<Result<Api.AuthenticatorView, RenameAuthenticatorCode>> =>
  send(options, 'PATCH', '/v1/users/me/authenticators/{id}', { auth: 'required' });

/**
 * Codes of the failures of `removeAuthenticator`; any call can also fail with a local one.
 */
export type RemoveAuthenticatorCode = 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.step_up_required' | 'auth.bad_credentials' | 'access.forbidden' | 'authenticator.not_found' | 'user.not_found' | 'route.not_found' | 'authenticator.last_way_in' | 'request.invalid' | 'request.throttled' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Remove an authenticator
 *
 * Ends every other session and forgets trusted devices; the server mails a notice. Recovery codes go with the last authenticator. The last way in stays, and so does the last second factor of an account that requires one. Needs a proof that is at most 300 s old, by a second factor.
 */
export const removeAuthenticator = (options: Options<Api.RemoveAuthenticatorData>): Promise<Result<null, RemoveAuthenticatorCode>> =>
  send(options, 'DELETE', '/v1/users/me/authenticators/{id}', { auth: 'required', silent: 204 });

/**
 * Codes of the failures of `renewRecoveryCodes`; any call can also fail with a local one.
 */
export type RenewRecoveryCodesCode = 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.step_up_required' | 'auth.bad_credentials' | 'access.forbidden' | 'user.not_found' | 'authenticator.none' | 'request.throttled' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Make new recovery codes
 *
 * Earlier codes stop working, and the server mails a notice. The codes are shown only in this answer. Needs a proof that is at most 300 s old, by a second factor.
 */
export const renewRecoveryCodes = (options: Options<Api.RenewRecoveryCodesData>): Promise<Result<Api.RecoveryCodesView, RenewRecoveryCodesCode>> =>
  send(options, 'POST', '/v1/users/me/recovery-codes', { auth: 'required' });

/**
 * Codes of the failures of `checkAvailability`; any call can also fail with a local one.
 */
export type CheckAvailabilityCode = 'availability.private' | 'request.invalid' | 'request.throttled' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated';

/**
 * Check whether a name is free
 *
 * For forms, while the user types: send either `username` or `email`. With `ACCOUNT_PRIVACY=strict` the server does not answer for e-mail addresses.
 */
export const checkAvailability = (options: Options<Api.CheckAvailabilityData>): Promise<Result<Api.AvailabilityView, CheckAvailabilityCode>> =>
  send(options, 'GET', '/v1/availability');

/**
 * Codes of the failures of `registerUser`; any call can also fail with a local one.
 */
export type RegisterUserCode = 'idempotency.key_invalid' | 'request.malformed' | 'registration.closed' | 'registration.invitation_required' | 'registration.domain_not_allowed' | 'hook.denied' | 'user.email_taken' | 'user.email_unproven' | 'user.username_taken' | 'user.mobile_taken' | 'user.mobile_unproven' | 'idempotency.in_progress' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'proof_of_work.invalid' | 'idempotency.key_reused' | 'proof_of_work.required' | 'request.throttled' | 'request.headers_too_large' | 'server.error' | 'hook.unavailable' | 'server.busy' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated';

/**
 * Create an account
 *
 * Send an e-mail address, a mobile number, or both. The server mails a link and an eight-digit code to the address. Keep the `registrationTicket` and send it with the code: it shows that it was you who registered. If an account registered with the address or number and has not proven it, the server answers `user.email_unproven` or `user.mobile_unproven` and sends a code there, with which its owner takes that account over. A server with `ACCOUNT_PRIVACY=strict` takes one of the two and no username, and answers 202 whether or not it is registered.
 */
export const registerUser = (options: Options<Api.RegisterUserData>): Promise<Result<Api.RegisteredView | Api.RegistrationAcceptedView, RegisterUserCode>> =>
  send(options, 'POST', '/v1/auth/register');

/**
 * Codes of the failures of `createInvitation`; any call can also fail with a local one.
 */
export type CreateInvitationCode = 'request.malformed' | 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.step_up_required' | 'access.forbidden' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Invite somebody
 *
 * Mails a link that works for 7 days and once. The same for every address, whether or not it has an account. Inviting an address again renews its invitation and sends the mail again: the id and the link stay.
 */
export const createInvitation = (options: Options<Api.CreateInvitationData>): Promise<Result<Api.InvitationSentView, CreateInvitationCode>> =>
  send(options, 'POST', '/v1/invitations', { auth: 'required' });

/**
 * Codes of the failures of `listInvitations`; any call can also fail with a local one.
 */
export type ListInvitationsCode = 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.step_up_required' | 'access.forbidden' | 'request.invalid' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * List open invitations
 *
 * Neither accepted nor revoked.
 */
export const listInvitations = (options: Options<Api.ListInvitationsData>): Promise<Result<Api.InvitationListView, ListInvitationsCode>> =>
  send(options, 'GET', '/v1/invitations', { auth: 'required' });

/**
 * Codes of the failures of `revokeInvitation`; any call can also fail with a local one.
 */
export type RevokeInvitationCode = 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.step_up_required' | 'access.forbidden' | 'invitation.not_found' | 'route.not_found' | 'request.invalid' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Revoke an invitation
 *
 * Its link stops working.
 */
export const revokeInvitation = (options: Options<Api.RevokeInvitationData>): Promise<Result<null, RevokeInvitationCode>> =>
  send(options, 'DELETE', '/v1/invitations/{id}', { auth: 'required', silent: 204 });

/**
 * Codes of the failures of `acceptInvitation`; any call can also fail with a local one.
 */
export type AcceptInvitationCode = 'challenge.invalid' | 'challenge.expired' | 'request.malformed' | 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'invitation.other_address' | 'hook.denied' | 'user.not_found' | 'invitation.account_exists' | 'invitation.account_disabled' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'request.throttled' | 'request.headers_too_large' | 'server.error' | 'hook.unavailable' | 'server.busy' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Accept an invitation
 *
 * With the access token of the account whose proven address was invited, or without one: the token of the link shows that its holder reads that address. Without an account one is made, address proven, with the `password` or, unless `EMAIL_CODE=off`, without any. An account that was registered with the address and never proven is taken over, emptied. A proven account keeps its ways in and gets the role. Signs nobody in.
 */
export const acceptInvitation = (options: Options<Api.AcceptInvitationData>): Promise<Result<Api.InvitationAcceptedView, AcceptInvitationCode>> =>
  send(options, 'POST', '/v1/invitations/accept', { auth: 'optional' });

/**
 * Codes of the failures of `refreshSession`; any call can also fail with a local one.
 */
export type RefreshSessionCode = 'request.malformed' | 'refresh_token.invalid' | 'refresh_token.reused' | 'request.origin_refused' | 'hook.denied' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'request.headers_too_large' | 'server.error' | 'hook.unavailable' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated';

/**
 * Exchange the refresh token
 *
 * Returns a new access token and a new refresh token. The old refresh token is used. For 60 s it still gets the same answer; presenting it later ends the session, except with the `attemptKey` of the request that used it, which gets the same answer until its refresh token is used.
 */
export const refreshSession = (options: Options<Api.RefreshSessionData>): Promise<Result<Api.RefreshedView | null, RefreshSessionCode>> =>
  send(options, 'POST', '/v1/auth/refresh', { silent: 204, optional: true });

/**
 * Codes of the failures of `signOut`; any call can also fail with a local one.
 */
export type SignOutCode = 'request.malformed' | 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'refresh_token.invalid' | 'request.origin_refused' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Sign out
 *
 * Ends a session at once on every node: that of the access token, or without one that of the refresh token in the body, or else in the cookie. A refresh token whose session has ended is no failure.
 */
export const signOut = (options: Options<Api.SignOutData>): Promise<Result<null, SignOutCode>> =>
  send(options, 'POST', '/v1/auth/logout', { auth: 'optional', silent: 204 });

/**
 * Codes of the failures of `signOutEverywhere`; any call can also fail with a local one.
 */
export type SignOutEverywhereCode = 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Sign out everywhere
 *
 * Ends every session of the account, including this one.
 */
export const signOutEverywhere = (options: Options<Api.SignOutEverywhereData>): Promise<Result<null, SignOutEverywhereCode>> =>
  send(options, 'POST', '/v1/auth/logout-all', { auth: 'required', silent: 204 });

/**
 * Codes of the failures of `verifyAccessToken`; any call can also fail with a local one.
 */
export type VerifyAccessTokenCode = 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Check an access token
 *
 * For gateways (`auth_request`, `forward_auth`). The answer has no body, and the check needs no database query.
 */
export const verifyAccessToken = (options: Options<Api.VerifyAccessTokenData>): Promise<Result<null, VerifyAccessTokenCode>> =>
  send(options, 'GET', '/v1/auth/verify', { auth: 'required', silent: 204 });

/**
 * Codes of the failures of `startSignIn`; any call can also fail with a local one.
 */
export type StartSignInCode = 'request.malformed' | 'auth.bad_credentials' | 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.account_disabled' | 'hook.denied' | 'auth.unverified' | 'request.origin_refused' | 'access.forbidden' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'request.throttled' | 'request.headers_too_large' | 'server.error' | 'hook.unavailable' | 'server.busy' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Begin a sign-in
 *
 * With `identifier` and `password` the first factor is shown at once; if it is enough, the answer is 200 with the session. Without a password the sign-in waits for a first factor; the answer does not depend on whether such an account exists. With `purpose: "step_up"` and an access token it raises that session. A sign-in ends after 15 minutes or ten wrong tries.
 */
export const startSignIn = (options: Options<Api.StartSignInData>): Promise<Result<Api.SignInView, StartSignInCode>> =>
  send(options, 'POST', '/v1/sign-ins', { auth: 'optional' });

/**
 * Codes of the failures of `getSignIn`; any call can also fail with a local one.
 */
export type GetSignInCode = 'auth.bad_credentials' | 'auth.step_up_required' | 'auth.account_disabled' | 'hook.denied' | 'auth.unverified' | 'sign_in.not_found' | 'provider.not_found' | 'route.not_found' | 'sign_in.wrong_state' | 'identity.linked_elsewhere' | 'identity.too_many' | 'sign_in.expired' | 'request.invalid' | 'request.headers_too_large' | 'server.error' | 'hook.unavailable' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated';

/**
 * Read a sign-in
 *
 * How it stands, and what it waits for. After the browser came back from an identity provider, this completes the sign-in if nothing is missing: the answer has the session, once.
 */
export const getSignIn = (options: Options<Api.GetSignInData>): Promise<Result<Api.SignInView, GetSignInCode>> =>
  send(options, 'GET', '/v1/sign-ins/{id}');

/**
 * Codes of the failures of `createSignInChallenge`; any call can also fail with a local one.
 */
export type CreateSignInChallengeCode = 'request.malformed' | 'request.origin_refused' | 'provider.not_reauthenticated' | 'auth.method_disabled' | 'sign_in.not_found' | 'provider.not_found' | 'route.not_found' | 'sign_in.wrong_state' | 'sign_in.expired' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'proof_of_work.invalid' | 'proof_of_work.required' | 'request.throttled' | 'request.headers_too_large' | 'server.error' | 'provider.unavailable' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated';

/**
 * Ask for a challenge
 *
 * For factors that ask something first. A passkey signs a challenge and needs no identifier. A code is mailed or texted for the `identifier` of the sign-in; the answer, and when it comes, does not depend on whether an account has that identifier: for an address that nobody has, the code makes an account, where the server lets people sign up by code. An identity provider signs people in itself: send the browser to `redirectUrl`. That answer sets a cookie by which this server knows the browser when it comes back, so send the request from that browser with `credentials: "include"`.
 */
export const createSignInChallenge = (options: Options<Api.CreateSignInChallengeData>): Promise<Result<Api.ChallengeView, CreateSignInChallengeCode>> =>
  send(options, 'POST', '/v1/sign-ins/{id}/challenges');

/**
 * Codes of the failures of `attemptSignIn`; any call can also fail with a local one.
 */
export type AttemptSignInCode = 'request.malformed' | 'factor.invalid' | 'auth.bad_credentials' | 'auth.step_up_required' | 'request.origin_refused' | 'auth.account_disabled' | 'hook.denied' | 'auth.unverified' | 'provider.not_reauthenticated' | 'provider.sign_ups_closed' | 'registration.closed' | 'registration.invitation_required' | 'registration.domain_not_allowed' | 'provider.email_unproven' | 'sign_in.not_found' | 'provider.not_found' | 'route.not_found' | 'sign_in.wrong_state' | 'identity.linked_elsewhere' | 'identity.link_required' | 'identity.too_many' | 'sign_in.expired' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'request.throttled' | 'factor.throttled' | 'request.headers_too_large' | 'server.error' | 'provider.unavailable' | 'provider.answer_invalid' | 'hook.unavailable' | 'server.busy' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated';

/**
 * Answer with a factor
 *
 * Send one factor. A right one goes on to the next status; the last one completes the sign-in, and the answer has the session. A wrong one is 401 and counts: after ten the sign-in is over.
 */
export const attemptSignIn = (options: Options<Api.AttemptSignInData>): Promise<Result<Api.SignInView, AttemptSignInCode>> =>
  send(options, 'POST', '/v1/sign-ins/{id}/attempts');

/**
 * Codes of the failures of `signIn`; any call can also fail with a local one.
 */
export type SignInCode = 'request.malformed' | 'auth.bad_credentials' | 'auth.account_disabled' | 'hook.denied' | 'auth.unverified' | 'auth.second_factor_required' | 'auth.enrollment_required' | 'auth.new_password_required' | 'request.origin_refused' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'request.throttled' | 'request.headers_too_large' | 'server.error' | 'hook.unavailable' | 'server.busy' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated';

/**
 * Sign in
 *
 * Send an e-mail address, a username or a mobile number, and the password. In cookie mode this ends the session that the cookie held before. If the account needs more than a password, the answer is 403 with the sign-in to go on with in `signIn`, and there is no session yet.
 */
export const signIn = (options: Options<Api.SignInData>): Promise<Result<Api.SignedInView, SignInCode>> =>
  send(options, 'POST', '/v1/auth/login');

/**
 * Codes of the failures of `addTotpInSignIn`; any call can also fail with a local one.
 */
export type AddTotpInSignInCode = 'request.malformed' | 'auth.step_up_required' | 'auth.bad_credentials' | 'auth.method_disabled' | 'request.origin_refused' | 'sign_in.not_found' | 'user.not_found' | 'route.not_found' | 'authenticator.too_many' | 'sign_in.wrong_state' | 'sign_in.expired' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'request.throttled' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated';

/**
 * Set up an authenticator app while signing in
 *
 * For a sign-in with the status `needs_enrollment`. Makes a secret for an authenticator app: show the QR code, and confirm with a code of the app.
 */
export const addTotpInSignIn = (options: Options<Api.AddTotpInSignInData>): Promise<Result<Api.NewTotpView, AddTotpInSignInCode>> =>
  send(options, 'POST', '/v1/sign-ins/{id}/authenticators/totp');

/**
 * Codes of the failures of `confirmTotpInSignIn`; any call can also fail with a local one.
 */
export type ConfirmTotpInSignInCode = 'request.malformed' | 'factor.invalid' | 'auth.step_up_required' | 'auth.bad_credentials' | 'auth.account_disabled' | 'hook.denied' | 'auth.unverified' | 'request.origin_refused' | 'authenticator.not_found' | 'sign_in.not_found' | 'user.not_found' | 'route.not_found' | 'authenticator.unconfirmed' | 'sign_in.wrong_state' | 'sign_in.expired' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'factor.throttled' | 'request.throttled' | 'request.headers_too_large' | 'server.error' | 'hook.unavailable' | 'server.busy' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated';

/**
 * Confirm an authenticator app while signing in
 *
 * A right code completes the sign-in: the answer has the session, and the recovery codes of the account, which are shown only now.
 */
export const confirmTotpInSignIn = (options: Options<Api.ConfirmTotpInSignInData>): Promise<Result<Api.EnrolledSignInView, ConfirmTotpInSignInCode>> =>
  send(options, 'POST', '/v1/sign-ins/{id}/authenticators/{authenticatorId}/confirm');

/**
 * Codes of the failures of `addTotp`; any call can also fail with a local one.
 */
export type AddTotpCode = 'request.malformed' | 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.step_up_required' | 'auth.bad_credentials' | 'auth.method_disabled' | 'access.forbidden' | 'user.not_found' | 'authenticator.too_many' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'request.throttled' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Set up an authenticator app
 *
 * Makes a secret for an authenticator app. Show the QR code, and confirm with a code of the app within 15 minutes; until then it is no second factor. Needs a proof that is at most 300 s old, by a second factor if the account has one.
 */
export const addTotp = (options: Options<Api.AddTotpData>): Promise<Result<Api.NewTotpView, AddTotpCode>> =>
  send(options, 'POST', '/v1/users/me/authenticators/totp', { auth: 'required' });

/**
 * Codes of the failures of `confirmTotp`; any call can also fail with a local one.
 */
export type ConfirmTotpCode = 'request.malformed' | 'factor.invalid' | 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.step_up_required' | 'auth.bad_credentials' | 'access.forbidden' | 'authenticator.not_found' | 'user.not_found' | 'route.not_found' | 'authenticator.unconfirmed' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'factor.throttled' | 'request.throttled' | 'request.headers_too_large' | 'server.error' | 'server.busy' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Confirm an authenticator app
 *
 * From now on sign-ins ask for its codes; the server mails a notice. With the first second factor of the account come recovery codes, which are shown only in this answer. The session keeps its level: step up to use what needs a second factor.
 */
export const confirmTotp = (options: Options<Api.ConfirmTotpData>): Promise<Result<Api.ConfirmedTotpView, ConfirmTotpCode>> =>
  send(options, 'POST', '/v1/users/me/authenticators/{id}/confirm', { auth: 'required' });

/**
 * Codes of the failures of `getRelatedOrigins`; any call can also fail with a local one.
 */
export type GetRelatedOriginsCode = 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated';

/**
 * List the related origins of passkeys
 *
 * Browsers read it at the domain of the passkeys when a page of another domain asks for one (WebAuthn Level 3 §5.11). If that domain is not this server, it has to pass the path on to it. The list comes from `WEBAUTHN_ORIGINS`.
 */
export const getRelatedOrigins = (options: Options<Api.GetRelatedOriginsData>): Promise<Result<Api.RelatedOriginsView, GetRelatedOriginsCode>> =>
  send(options, 'GET', '/.well-known/webauthn');

/**
 * Codes of the failures of `startPasskeySignIn`; any call can also fail with a local one.
 */
export type StartPasskeySignInCode = 'request.malformed' | 'request.origin_refused' | 'auth.method_disabled' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'request.throttled' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated';

/**
 * Begin a sign-in by a passkey
 *
 * A sign-in and its challenge in one call, for passkeys in the autofill of a page (conditional mediation): ask when the page opens, pass `challenge.publicKey` to `navigator.credentials.get()`, and send the result with `challenge.id` to `POST /v1/sign-ins/{id}/attempts`.
 */
export const startPasskeySignIn = (options: Options<Api.StartPasskeySignInData>): Promise<Result<Api.PasskeySignInView, StartPasskeySignInCode>> =>
  send(options, 'POST', '/v1/sign-ins/passkey');

/**
 * Codes of the failures of `startPasskeyInSignIn`; any call can also fail with a local one.
 */
export type StartPasskeyInSignInCode = 'request.origin_refused' | 'auth.method_disabled' | 'sign_in.not_found' | 'route.not_found' | 'sign_in.wrong_state' | 'sign_in.expired' | 'request.invalid' | 'request.throttled' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated';

/**
 * Ask for a new passkey in a sign-in
 *
 * For a sign-in in `needs_enrollment`. As `POST /v1/users/me/authenticators/passkeys/options`.
 */
export const startPasskeyInSignIn = (options: Options<Api.StartPasskeyInSignInData>): Promise<Result<Api.PasskeyCreationOptionsView, StartPasskeyInSignInCode>> =>
  send(options, 'POST', '/v1/sign-ins/{id}/authenticators/passkeys/options');

/**
 * Codes of the failures of `addPasskeyInSignIn`; any call can also fail with a local one.
 */
export type AddPasskeyInSignInCode = 'request.malformed' | 'auth.bad_credentials' | 'auth.step_up_required' | 'request.origin_refused' | 'auth.account_disabled' | 'hook.denied' | 'auth.unverified' | 'auth.method_disabled' | 'sign_in.not_found' | 'route.not_found' | 'authenticator.exists' | 'authenticator.too_many' | 'sign_in.wrong_state' | 'sign_in.expired' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'passkey.rejected' | 'request.throttled' | 'request.headers_too_large' | 'server.error' | 'hook.unavailable' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated';

/**
 * Set up a passkey in a sign-in
 *
 * For a sign-in in `needs_enrollment`: the passkey counts as its second factor, so that the sign-in is complete. The owner gets a mail.
 */
export const addPasskeyInSignIn = (options: Options<Api.AddPasskeyInSignInData>): Promise<Result<Api.PasskeyEnrolledView, AddPasskeyInSignInCode>> =>
  send(options, 'POST', '/v1/sign-ins/{id}/authenticators/passkeys');

/**
 * Codes of the failures of `listPasskeys`; any call can also fail with a local one.
 */
export type ListPasskeysCode = 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.method_disabled' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * List your passkeys
 *
 * With what browsers should be told, so that they stop offering passkeys that were removed (Signal API).
 */
export const listPasskeys = (options: Options<Api.ListPasskeysData>): Promise<Result<Api.PasskeysView, ListPasskeysCode>> =>
  send(options, 'GET', '/v1/users/me/authenticators/passkeys', { auth: 'required' });

/**
 * Codes of the failures of `addPasskey`; any call can also fail with a local one.
 */
export type AddPasskeyCode = 'request.malformed' | 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.step_up_required' | 'access.forbidden' | 'auth.method_disabled' | 'authenticator.exists' | 'authenticator.too_many' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'passkey.rejected' | 'request.throttled' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Add a passkey
 *
 * Send what `navigator.credentials.create()` returned. The owner gets a mail. The session keeps its level: step up to raise it.
 */
export const addPasskey = (options: Options<Api.AddPasskeyData>): Promise<Result<Api.PasskeyAddedView, AddPasskeyCode>> =>
  send(options, 'POST', '/v1/users/me/authenticators/passkeys', { auth: 'required' });

/**
 * Codes of the failures of `startPasskey`; any call can also fail with a local one.
 */
export type StartPasskeyCode = 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.step_up_required' | 'auth.method_disabled' | 'request.throttled' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Ask for a new passkey
 *
 * Pass the answer to `PublicKeyCredential.parseCreationOptionsFromJSON` and the result as `publicKey` to `navigator.credentials.create()`. The challenge works once, for five minutes and for this session.
 */
export const startPasskey = (options: Options<Api.StartPasskeyData>): Promise<Result<Api.PasskeyCreationOptionsView, StartPasskeyCode>> =>
  send(options, 'POST', '/v1/users/me/authenticators/passkeys/options', { auth: 'required' });

/**
 * Codes of the failures of `linkIdentity`; any call can also fail with a local one.
 */
export type LinkIdentityCode = 'request.malformed' | 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.step_up_required' | 'auth.bad_credentials' | 'access.forbidden' | 'provider.not_found' | 'user.not_found' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'request.throttled' | 'request.headers_too_large' | 'server.error' | 'provider.unavailable' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Link an account at a provider
 *
 * Send the browser to `redirectUrl`; whoever signs in there can sign in here from then on. The answer sets a cookie by which this server knows the browser when it comes back, so send the request from that browser with `credentials: "include"`. Needs a proof that is at most 300 s old, by a second factor if the account has one.
 */
export const linkIdentity = (options: Options<Api.LinkIdentityData>): Promise<Result<Api.IdentityLinkView, LinkIdentityCode>> =>
  send(options, 'POST', '/v1/users/me/identities', { auth: 'required' });

/**
 * Codes of the failures of `unlinkIdentity`; any call can also fail with a local one.
 */
export type UnlinkIdentityCode = 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.step_up_required' | 'auth.bad_credentials' | 'access.forbidden' | 'identity.not_found' | 'user.not_found' | 'route.not_found' | 'identity.last_way_in' | 'request.invalid' | 'request.throttled' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Unlink an account at a provider
 *
 * It does not sign in here any more. Ends every other session and forgets trusted devices; the server mails a notice. The last way in stays. Needs a proof that is at most 300 s old, by a second factor if the account has one.
 */
export const unlinkIdentity = (options: Options<Api.UnlinkIdentityData>): Promise<Result<null, UnlinkIdentityCode>> =>
  send(options, 'DELETE', '/v1/users/me/identities/{id}', { auth: 'required', silent: 204 });

/**
 * Codes of the failures of `receiveProvider`; any call can also fail with a local one.
 */
export type ReceiveProviderCode = 'sign_in.other_browser' | 'provider.not_found' | 'sign_in.not_found' | 'route.not_found' | 'request.invalid' | 'request.throttled' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated';

/**
 * Come back from a provider
 *
 * The redirect URI to enter at the provider. It is for browsers, not for apps: it uses up what the provider sent, and leads back to the app. Only the browser that was sent to the provider may come back.
 */
export const receiveProvider = (options: Options<Api.ReceiveProviderData>): Promise<Result<null, ReceiveProviderCode>> =>
  send(options, 'GET', '/v1/sign-ins/callback/{slug}', { silent: 303 });

/**
 * Codes of the failures of `receivePostingProvider`; any call can also fail with a local one.
 */
export type ReceivePostingProviderCode = 'sign_in.other_browser' | 'provider.not_found' | 'sign_in.not_found' | 'route.not_found' | 'request.invalid' | 'request.throttled' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated';

/**
 * Come back from a provider that posts a form
 *
 * The redirect URI to enter at the provider. It is for browsers, not for apps: it uses up what the provider sent, and leads back to the app. Only the browser that was sent to the provider may come back.
 */
export const receivePostingProvider = (options: Options<Api.ReceivePostingProviderData>): Promise<Result<null, ReceivePostingProviderCode>> =>
  send(options, 'POST', '/v1/sign-ins/callback/{slug}', { silent: 303 });

/**
 * Codes of the failures of `disavow`; any call can also fail with a local one.
 */
export type DisavowCode = 'challenge.invalid' | 'challenge.expired' | 'request.malformed' | 'user.mobile_taken' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'request.throttled' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated';

/**
 * Say "This wasn’t me" about a change of the account
 *
 * Send the token of the link in a notice about the account, valid for 7 days and once. The change is taken back where that is safe (an added passkey, authenticator app or identity, new recovery codes, another mobile number), every session, open sign-in, code and link ends, and the password stops working; a link to choose a new one is mailed, which takes the second factor of an account that demands one. What was removed does not come back. The request signs nobody in.
 */
export const disavow = (options: Options<Api.DisavowData>): Promise<Result<Api.DisavowedView, DisavowCode>> =>
  send(options, 'POST', '/v1/auth/disavow');

/**
 * Codes of the failures of `listUsers`; any call can also fail with a local one.
 */
export type ListUsersCode = 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.step_up_required' | 'access.forbidden' | 'request.invalid' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * List or search accounts
 *
 * Returns one page. Use one of `search`, `email`, `username`, `mobile` and `name` to find accounts; accounts also have to match all other parameters.
 */
export const listUsers = (options: Options<Api.ListUsersData>): Promise<Result<Api.ManagedUserListView, ListUsersCode>> =>
  send(options, 'GET', '/v1/users', { auth: 'required' });

/**
 * Codes of the failures of `getUser`; any call can also fail with a local one.
 */
export type GetUserCode = 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.step_up_required' | 'access.forbidden' | 'user.not_found' | 'route.not_found' | 'request.invalid' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Read an account
 *
 * Returns the current account, whether sign-ins to it are throttled, and the state of its latest mails.
 */
export const getUser = (options: Options<Api.GetUserData>): Promise<Result<Api.ManagedUserDetailsView, GetUserCode>> =>
  send(options, 'GET', '/v1/users/{id}', { auth: 'required' });

/**
 * Codes of the failures of `updateUser`; any call can also fail with a local one.
 */
export type UpdateUserCode = 'request.malformed' | 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.step_up_required' | 'access.forbidden' | 'user.not_found' | 'route.not_found' | 'user.username_taken' | 'request.precondition_failed' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Edit an account
 *
 * Changes all fields that are sent, or none of them: null clears a field, an absent field stays.
 */
export const updateUser = (options: Options<Api.UpdateUserData>): Promise<Result<Api.ManagedUserView, UpdateUserCode>> =>
  send(options, 'PATCH', '/v1/users/{id}', { auth: 'required' });

/**
 * Codes of the failures of `deleteUser`; any call can also fail with a local one.
 */
export type DeleteUserCode = 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.step_up_required' | 'access.forbidden' | 'user.not_found' | 'route.not_found' | 'user.last_admin' | 'request.precondition_failed' | 'request.invalid' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Delete an account
 *
 * Deletes the account permanently, with all its data; the server sends no mail about it. All its sessions end at once. The audit log keeps its events with the id of the account.
 */
export const deleteUser = (options: Options<Api.DeleteUserData>): Promise<Result<null, DeleteUserCode>> =>
  send(options, 'DELETE', '/v1/users/{id}', { auth: 'required', silent: 204 });

/**
 * Codes of the failures of `disableUser`; any call can also fail with a local one.
 */
export type DisableUserCode = 'request.malformed' | 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.step_up_required' | 'access.forbidden' | 'user.not_found' | 'route.not_found' | 'user.last_admin' | 'request.precondition_failed' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Disable an account
 *
 * All its sessions end at once, its codes and links stop working, and nobody can sign in to it.
 */
export const disableUser = (options: Options<Api.DisableUserData>): Promise<Result<Api.ManagedUserView, DisableUserCode>> =>
  send(options, 'POST', '/v1/users/{id}/disable', { auth: 'required' });

/**
 * Codes of the failures of `enableUser`; any call can also fail with a local one.
 */
export type EnableUserCode = 'request.malformed' | 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.step_up_required' | 'access.forbidden' | 'user.not_found' | 'route.not_found' | 'request.precondition_failed' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Enable an account
 *
 * The user can sign in again. Earlier sessions, codes and links stay invalid.
 */
export const enableUser = (options: Options<Api.EnableUserData>): Promise<Result<Api.ManagedUserView, EnableUserCode>> =>
  send(options, 'POST', '/v1/users/{id}/enable', { auth: 'required' });

/**
 * Codes of the failures of `unlockUser`; any call can also fail with a local one.
 */
export type UnlockUserCode = 'request.malformed' | 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.step_up_required' | 'access.forbidden' | 'user.not_found' | 'route.not_found' | 'user.password_ended' | 'request.precondition_failed' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Unlock the password of an account
 *
 * Forgets the wrong passwords that were tried on the account, and lifts the lock after 100 of them in a row. Limits of single networks end by themselves. Does not bring back a password that a forced reset has ended.
 */
export const unlockUser = (options: Options<Api.UnlockUserData>): Promise<Result<Api.ManagedUserView, UnlockUserCode>> =>
  send(options, 'POST', '/v1/users/{id}/unlock', { auth: 'required' });

/**
 * Codes of the failures of `setUserRoles`; any call can also fail with a local one.
 */
export type SetUserRolesCode = 'request.malformed' | 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.step_up_required' | 'access.forbidden' | 'user.not_found' | 'route.not_found' | 'user.last_admin' | 'request.precondition_failed' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Set the roles of an account
 *
 * The account gets exactly these roles, and `user`. If the roles change, all its sessions end at once.
 */
export const setUserRoles = (options: Options<Api.SetUserRolesData>): Promise<Result<Api.ManagedUserView, SetUserRolesCode>> =>
  send(options, 'PUT', '/v1/users/{id}/roles', { auth: 'required' });

/**
 * Codes of the failures of `forcePasswordReset`; any call can also fail with a local one.
 */
export type ForcePasswordResetCode = 'idempotency.key_invalid' | 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.step_up_required' | 'access.forbidden' | 'user.not_found' | 'route.not_found' | 'user.email_missing' | 'idempotency.in_progress' | 'request.invalid' | 'idempotency.key_reused' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Force a password reset
 *
 * Locks the password, ends all sessions, codes and links of the account, and mails a link to choose a new password (not for a disabled account). Nobody can set a password for somebody else.
 */
export const forcePasswordReset = (options: Options<Api.ForcePasswordResetData>): Promise<Result<null, ForcePasswordResetCode>> =>
  send(options, 'POST', '/v1/users/{id}/password-reset', { auth: 'required', silent: 202 });

/**
 * Codes of the failures of `sendUserVerification`; any call can also fail with a local one.
 */
export type SendUserVerificationCode = 'idempotency.key_invalid' | 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.step_up_required' | 'access.forbidden' | 'user.not_found' | 'route.not_found' | 'user.email_missing' | 'idempotency.in_progress' | 'request.invalid' | 'idempotency.key_reused' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Send the confirmation mail again
 *
 * Earlier codes and links stop working. The server sends no mail to a proven address, for a disabled account, or above the limit of mails to one address.
 */
export const sendUserVerification = (options: Options<Api.SendUserVerificationData>): Promise<Result<null, SendUserVerificationCode>> =>
  send(options, 'POST', '/v1/users/{id}/email-verification', { auth: 'required', silent: 202 });

/**
 * Codes of the failures of `listUserSessions`; any call can also fail with a local one.
 */
export type ListUserSessionsCode = 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.step_up_required' | 'access.forbidden' | 'user.not_found' | 'route.not_found' | 'request.invalid' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * List sessions of an account
 *
 * The active sessions of the account, the most recently used first; at most 100.
 */
export const listUserSessions = (options: Options<Api.ListUserSessionsData>): Promise<Result<Api.SessionListView, ListUserSessionsCode>> =>
  send(options, 'GET', '/v1/users/{id}/sessions', { auth: 'required' });

/**
 * Codes of the failures of `revokeUserSessions`; any call can also fail with a local one.
 */
export type RevokeUserSessionsCode = 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.step_up_required' | 'access.forbidden' | 'user.not_found' | 'route.not_found' | 'request.invalid' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Sign an account out
 *
 * Ends all sessions of the account at once.
 */
export const revokeUserSessions = (options: Options<Api.RevokeUserSessionsData>): Promise<Result<null, RevokeUserSessionsCode>> =>
  send(options, 'DELETE', '/v1/users/{id}/sessions', { auth: 'required', silent: 204 });

/**
 * Codes of the failures of `revokeUserSession`; any call can also fail with a local one.
 */
export type RevokeUserSessionCode = 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.step_up_required' | 'access.forbidden' | 'user.not_found' | 'session.not_found' | 'route.not_found' | 'request.invalid' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Sign a device of an account out
 *
 * Ends one session at once.
 */
export const revokeUserSession = (options: Options<Api.RevokeUserSessionData>): Promise<Result<null, RevokeUserSessionCode>> =>
  send(options, 'DELETE', '/v1/users/{id}/sessions/{sessionId}', { auth: 'required', silent: 204 });

/**
 * Codes of the failures of `listUserAuthenticators`; any call can also fail with a local one.
 */
export type ListUserAuthenticatorsCode = 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.step_up_required' | 'access.forbidden' | 'user.not_found' | 'route.not_found' | 'request.invalid' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * List second factors of an account
 *
 * Authenticator apps and passkeys that the owner has confirmed, the oldest first, and the accounts at providers by which they sign in. Shows no secret.
 */
export const listUserAuthenticators = (options: Options<Api.ListUserAuthenticatorsData>): Promise<Result<Api.UserAuthenticatorListView, ListUserAuthenticatorsCode>> =>
  send(options, 'GET', '/v1/users/{id}/authenticators', { auth: 'required' });

/**
 * Codes of the failures of `resetUserAuthenticators`; any call can also fail with a local one.
 */
export type ResetUserAuthenticatorsCode = 'request.malformed' | 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.step_up_required' | 'access.forbidden' | 'user.not_found' | 'route.not_found' | 'authenticator.own_account' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Remove all second factors of an account
 *
 * For an owner who has lost them: make sure first that it is the owner who asks. Removes all authenticators and recovery codes, ends every session and remembered device, and mails the owner. An account that required a second factor demands that a new one is set up at the next sign-in. Not for your own account. On the command line: `latchkey users factors reset`.
 */
export const resetUserAuthenticators = (options: Options<Api.ResetUserAuthenticatorsData>): Promise<Result<null, ResetUserAuthenticatorsCode>> =>
  send(options, 'DELETE', '/v1/users/{id}/authenticators', { auth: 'required', silent: 204 });

/**
 * Codes of the failures of `removeUserAuthenticator`; any call can also fail with a local one.
 */
export type RemoveUserAuthenticatorCode = 'request.malformed' | 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.step_up_required' | 'access.forbidden' | 'user.not_found' | 'authenticator.not_found' | 'route.not_found' | 'authenticator.own_account' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Remove a second factor of an account
 *
 * Ends every session and remembered device, and mails the owner. With the last one the recovery codes go, too, and an account that required a second factor demands that a new one is set up at the next sign-in. Not for your own account.
 */
export const removeUserAuthenticator = (options: Options<Api.RemoveUserAuthenticatorData>): Promise<Result<null, RemoveUserAuthenticatorCode>> =>
  send(options, 'DELETE', '/v1/users/{id}/authenticators/{authenticatorId}', { auth: 'required', silent: 204 });

/**
 * Codes of the failures of `setUserMetadata`; any call can also fail with a local one.
 */
export type SetUserMetadataCode = 'request.malformed' | 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.step_up_required' | 'access.forbidden' | 'user.not_found' | 'route.not_found' | 'request.precondition_failed' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Set the metadata of an account
 *
 * Replaces `publicMetadata`, which the user can read and not change; the `metadata` that the user writes stays. Access tokens that are issued from now on have the claims that `CLAIMS_TEMPLATE` makes of it.
 */
export const setUserMetadata = (options: Options<Api.SetUserMetadataData>): Promise<Result<Api.ManagedUserView, SetUserMetadataCode>> =>
  send(options, 'PUT', '/v1/users/{id}/metadata', { auth: 'required' });

/**
 * Codes of the failures of `listBooks`; any call can also fail with a local one.
 */
export type ListBooksCode = 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'request.invalid' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * List or search books
 *
 * Returns one page, the oldest entry first.
 */
export const listBooks = (options: Options<Api.ListBooksData>): Promise<Result<Api.BookPageView, ListBooksCode>> =>
  send(options, 'GET', '/v1/books', { auth: 'required' });

/**
 * Codes of the failures of `createBook`; any call can also fail with a local one.
 */
export type CreateBookCode = 'idempotency.key_invalid' | 'request.malformed' | 'auth.step_up_required' | 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'access.forbidden' | 'book.isbn_taken' | 'idempotency.in_progress' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'idempotency.key_reused' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Add a book
 *
 * For librarians and administrators.
 */
export const createBook = (options: Options<Api.CreateBookData>): Promise<Result<Api.BookView, CreateBookCode>> =>
  send(options, 'POST', '/v1/books', { auth: 'required' });

/**
 * Codes of the failures of `getBook`; any call can also fail with a local one.
 */
export type GetBookCode = 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'book.not_found' | 'route.not_found' | 'request.invalid' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Read a book
 *
 * Returns one book.
 */
export const getBook = (options: Options<Api.GetBookData>): Promise<Result<Api.BookView, GetBookCode>> =>
  send(options, 'GET', '/v1/books/{id}', { auth: 'required' });

/**
 * Codes of the failures of `updateBook`; any call can also fail with a local one.
 */
export type UpdateBookCode = 'request.malformed' | 'auth.step_up_required' | 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'access.forbidden' | 'book.not_found' | 'route.not_found' | 'book.isbn_taken' | 'request.precondition_failed' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Edit a book
 *
 * Changes all fields that are sent, or none of them. For librarians and administrators.
 */
export const updateBook = (options: Options<Api.UpdateBookData>): Promise<Result<Api.BookView, UpdateBookCode>> =>
  send(options, 'PATCH', '/v1/books/{id}', { auth: 'required' });

/**
 * Codes of the failures of `deleteBook`; any call can also fail with a local one.
 */
export type DeleteBookCode = 'auth.step_up_required' | 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'access.forbidden' | 'book.not_found' | 'route.not_found' | 'request.precondition_failed' | 'request.invalid' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Delete a book
 *
 * For librarians and administrators.
 */
export const deleteBook = (options: Options<Api.DeleteBookData>): Promise<Result<null, DeleteBookCode>> =>
  send(options, 'DELETE', '/v1/books/{id}', { auth: 'required', silent: 204 });

/**
 * Codes of the failures of `listWebhooks`; any call can also fail with a local one.
 */
export type ListWebhooksCode = 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.step_up_required' | 'access.forbidden' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * List the webhooks
 *
 * Without their secrets.
 */
export const listWebhooks = (options: Options<Api.ListWebhooksData>): Promise<Result<Api.WebhookListView, ListWebhooksCode>> =>
  send(options, 'GET', '/v1/webhooks', { auth: 'required' });

/**
 * Codes of the failures of `createWebhook`; any call can also fail with a local one.
 */
export type CreateWebhookCode = 'request.malformed' | 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.step_up_required' | 'access.forbidden' | 'webhook.too_many' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Register a webhook
 *
 * From now on the server tells the URL of every event of these types, by a `POST` request that is signed with the secret of the answer (Standard Webhooks 1.0). `POST /v1/webhooks/{id}/ping` tries it.
 */
export const createWebhook = (options: Options<Api.CreateWebhookData>): Promise<Result<Api.WebhookWithSecretView, CreateWebhookCode>> =>
  send(options, 'POST', '/v1/webhooks', { auth: 'required' });

/**
 * Codes of the failures of `getWebhook`; any call can also fail with a local one.
 */
export type GetWebhookCode = 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.step_up_required' | 'access.forbidden' | 'webhook.not_found' | 'route.not_found' | 'request.invalid' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Read a webhook
 *
 * Without its secret.
 */
export const getWebhook = (options: Options<Api.GetWebhookData>): Promise<Result<Api.WebhookView, GetWebhookCode>> =>
  send(options, 'GET', '/v1/webhooks/{id}', { auth: 'required' });

/**
 * Codes of the failures of `updateWebhook`; any call can also fail with a local one.
 */
export type UpdateWebhookCode = 'request.malformed' | 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.step_up_required' | 'access.forbidden' | 'webhook.not_found' | 'route.not_found' | 'request.precondition_failed' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Change a webhook
 *
 * Changes all fields that are sent, or none of them.
 */
export const updateWebhook = (options: Options<Api.UpdateWebhookData>): Promise<Result<Api.WebhookView, UpdateWebhookCode>> =>
  send(options, 'PATCH', '/v1/webhooks/{id}', { auth: 'required' });

/**
 * Codes of the failures of `deleteWebhook`; any call can also fail with a local one.
 */
export type DeleteWebhookCode = 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.step_up_required' | 'access.forbidden' | 'webhook.not_found' | 'route.not_found' | 'request.precondition_failed' | 'request.invalid' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Delete a webhook
 *
 * With all its deliveries; what waits is not sent.
 */
export const deleteWebhook = (options: Options<Api.DeleteWebhookData>): Promise<Result<null, DeleteWebhookCode>> =>
  send(options, 'DELETE', '/v1/webhooks/{id}', { auth: 'required', silent: 204 });

/**
 * Codes of the failures of `rotateWebhookSecret`; any call can also fail with a local one.
 */
export type RotateWebhookSecretCode = 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.step_up_required' | 'access.forbidden' | 'webhook.not_found' | 'route.not_found' | 'request.invalid' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Give a webhook another secret
 *
 * For 24 hours requests carry a signature of the new secret and one of the secret before, so that the receiver can change over in between. A secret before that one no longer signs.
 */
export const rotateWebhookSecret = (options: Options<Api.RotateWebhookSecretData>): Promise<Result<Api.WebhookWithSecretView, RotateWebhookSecretCode>> =>
  send(options, 'POST', '/v1/webhooks/{id}/secret', { auth: 'required' });

/**
 * Codes of the failures of `pingWebhook`; any call can also fail with a local one.
 */
export type PingWebhookCode = 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.step_up_required' | 'access.forbidden' | 'webhook.not_found' | 'route.not_found' | 'webhook.disabled' | 'request.invalid' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Try a webhook
 *
 * Has an event `webhook.pinged` sent to this webhook alone, whatever its types are. It goes the way of all others: what came of it is in the list of deliveries within a second or two.
 */
export const pingWebhook = (options: Options<Api.PingWebhookData>): Promise<Result<null, PingWebhookCode>> =>
  send(options, 'POST', '/v1/webhooks/{id}/ping', { auth: 'required', silent: 202 });

/**
 * Codes of the failures of `listWebhookDeliveries`; any call can also fail with a local one.
 */
export type ListWebhookDeliveriesCode = 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.step_up_required' | 'access.forbidden' | 'webhook.not_found' | 'route.not_found' | 'request.invalid' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * List deliveries of a webhook
 *
 * Newest first, as far back as `WEBHOOK_RETENTION_DAYS`. The body that is sent is in the single delivery.
 */
export const listWebhookDeliveries = (options: Options<Api.ListWebhookDeliveriesData>): Promise<Result<Api.WebhookDeliveryListView, ListWebhookDeliveriesCode>> =>
  send(options, 'GET', '/v1/webhooks/{id}/deliveries', { auth: 'required' });

/**
 * Codes of the failures of `getWebhookDelivery`; any call can also fail with a local one.
 */
export type GetWebhookDeliveryCode = 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.step_up_required' | 'access.forbidden' | 'webhook.not_found' | 'webhook.delivery_not_found' | 'route.not_found' | 'request.invalid' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Read a delivery of a webhook
 *
 * With the body that is sent.
 */
export const getWebhookDelivery = (options: Options<Api.GetWebhookDeliveryData>): Promise<Result<Api.WebhookDeliveryDetailView, GetWebhookDeliveryCode>> =>
  send(options, 'GET', '/v1/webhooks/{id}/deliveries/{deliveryId}', { auth: 'required' });

/**
 * Codes of the failures of `retryWebhookDelivery`; any call can also fail with a local one.
 */
export type RetryWebhookDeliveryCode = 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.step_up_required' | 'access.forbidden' | 'webhook.not_found' | 'webhook.delivery_not_found' | 'route.not_found' | 'webhook.disabled' | 'request.invalid' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Send a delivery of a webhook again
 *
 * Whatever came of it before, with the same `webhook-id`, and with all attempts before it.
 */
export const retryWebhookDelivery = (options: Options<Api.RetryWebhookDeliveryData>): Promise<Result<Api.WebhookDeliveryView, RetryWebhookDeliveryCode>> =>
  send(options, 'POST', '/v1/webhooks/{id}/deliveries/{deliveryId}/retry', { auth: 'required' });

/**
 * Codes of the failures of `replayWebhook`; any call can also fail with a local one.
 */
export type ReplayWebhookCode = 'request.malformed' | 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.step_up_required' | 'access.forbidden' | 'webhook.not_found' | 'route.not_found' | 'webhook.disabled' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Send deliveries of a webhook again
 *
 * All that have failed of events since a time, for a receiver that was away; or one event. They keep their `webhook-id`, so that a receiver recognises what it has seen.
 */
export const replayWebhook = (options: Options<Api.ReplayWebhookData>): Promise<Result<Api.ReplayedView, ReplayWebhookCode>> =>
  send(options, 'POST', '/v1/webhooks/{id}/replay', { auth: 'required' });

/**
 * Codes of the failures of `listTranslations`; any call can also fail with a local one.
 */
export type ListTranslationsCode = 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.step_up_required' | 'access.forbidden' | 'translation.locale_unknown' | 'request.invalid' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * List the texts of a language
 *
 * All texts of mails, text messages and pages, with those of your own.
 */
export const listTranslations = (options: Options<Api.ListTranslationsData>): Promise<Result<Api.TranslationListView, ListTranslationsCode>> =>
  send(options, 'GET', '/v1/translations', { auth: 'required' });

/**
 * Codes of the failures of `getTranslation`; any call can also fail with a local one.
 */
export type GetTranslationCode = 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.step_up_required' | 'access.forbidden' | 'translation.locale_unknown' | 'translation.key_unknown' | 'route.not_found' | 'request.invalid' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Read a text
 *
 * Only a text of your own has an `ETag`.
 */
export const getTranslation = (options: Options<Api.GetTranslationData>): Promise<Result<Api.TranslationView, GetTranslationCode>> =>
  send(options, 'GET', '/v1/translations/{locale}/{key}', { auth: 'required' });

/**
 * Codes of the failures of `putTranslation`; any call can also fail with a local one.
 */
export type PutTranslationCode = 'request.malformed' | 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.step_up_required' | 'access.forbidden' | 'translation.locale_unknown' | 'translation.key_unknown' | 'route.not_found' | 'request.precondition_failed' | 'request.too_large' | 'request.unsupported_media_type' | 'request.invalid' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Put a text of your own in the place of a shipped one
 *
 * All servers use it within seconds, for what they send and show from then on. Where it cannot be used, as after an upgrade that took a placeholder away, the shipped text is.
 */
export const putTranslation = (options: Options<Api.PutTranslationData>): Promise<Result<Api.TranslationView, PutTranslationCode>> =>
  send(options, 'PUT', '/v1/translations/{locale}/{key}', { auth: 'required' });

/**
 * Codes of the failures of `deleteTranslation`; any call can also fail with a local one.
 */
export type DeleteTranslationCode = 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.step_up_required' | 'access.forbidden' | 'translation.locale_unknown' | 'translation.key_unknown' | 'translation.not_found' | 'route.not_found' | 'request.precondition_failed' | 'request.invalid' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * Use the shipped text again
 *
 * Deletes the text of your own.
 */
export const deleteTranslation = (options: Options<Api.DeleteTranslationData>): Promise<Result<null, DeleteTranslationCode>> =>
  send(options, 'DELETE', '/v1/translations/{locale}/{key}', { auth: 'required', silent: 204 });

/**
 * Codes of the failures of `listEventTypes`; any call can also fail with a local one.
 */
export type ListEventTypesCode = 'access.unauthenticated' | 'token.invalid' | 'token.expired' | 'token.revoked' | 'auth.step_up_required' | 'access.forbidden' | 'request.headers_too_large' | 'server.error' | 'server.unavailable' | 'server.outcome_unknown' | 'server.secret_outdated' | RefreshSessionCode;

/**
 * List the events that webhooks tell
 *
 * Each with the JSON Schema of its body. New ones come with new versions of the server, and receivers ignore members that they do not know.
 */
export const listEventTypes = (options: Options<Api.ListEventTypesData>): Promise<Result<Api.EventTypeListView, ListEventTypesCode>> =>
  send(options, 'GET', '/v1/events/types', { auth: 'required' });
