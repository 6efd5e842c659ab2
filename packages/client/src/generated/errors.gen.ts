// Generated from the OpenAPI document by openapi/operations.mjs. Do not edit.

/**
 * The HTTP status of every code of the server.
 */
export interface ServerErrorCodes {
  /**
   * This server lacks the newest secret. Wait `Retry-After` seconds and send the request again. Keep the user signed in: the token, code or link is good. Operators: set the newest `APP_SECRET` on this node.
   */
  'server.secret_outdated': 503;
  /**
   * The request cannot be read. Send well-formed JSON in UTF-8, and a URL without malformed escapes.
   */
  'request.malformed': 400;
  /**
   * The request has invalid fields. Show each sentence in `errors` beside its field.
   */
  'request.invalid': 422;
  /**
   * The request took too long to arrive. Send it again.
   */
  'request.timeout': number;
  /**
   * The request is too large. Send a smaller request: a body may have 64 KiB, a picture `AVATAR_MAX_BYTES`.
   */
  'request.too_large': 413;
  /**
   * The request header is too large. Send fewer cookies.
   */
  'request.headers_too_large': 431;
  /**
   * Unsupported media type. Send `content-type: application/json`; for a picture one of the formats that the operation lists.
   */
  'request.unsupported_media_type': 415;
  /**
   * The resource was edited meanwhile. Read the resource again, show it to the user, and send the edit with the new `ETag`.
   */
  'request.precondition_failed': 412;
  /**
   * No such resource. Check the path.
   */
  'route.not_found': 404;
  /**
   * Method not allowed. Use a method from the `Allow` header.
   */
  'route.method_not_allowed': number;
  /**
   * The server is busy. Wait `Retry-After` seconds and send the request again.
   */
  'server.busy': 503;
  /**
   * The server is not available. Nothing was done. Wait `Retry-After` seconds and send the request again. Keep the user signed in.
   */
  'server.unavailable': 503;
  /**
   * It is not known whether this was done. The database was lost while it stored the change. Wait `Retry-After` seconds and look whether the change is there. Repeating is safe with the same `Idempotency-Key`, and for sign-in, sign-out, refresh and edits.
   */
  'server.outcome_unknown': 503;
  /**
   * Something went wrong. The server has a bug: show `requestId`, which identifies the error in the log.
   */
  'server.error': 500;
  /**
   * Too many requests. Wait `Retry-After` seconds and tell the user. Do not repeat the request automatically.
   */
  'request.throttled': 429;
  /**
   * No space left to store the file. Nothing has changed. Try later; the operator has to free space.
   */
  'storage.full': 507;
  /**
   * The Idempotency-Key cannot be used. Send a key in a format that the operation allows, such as a UUID.
   */
  'idempotency.key_invalid': 400;
  /**
   * The Idempotency-Key was used for another request. Generate a new key for each new request; use the same key only to repeat the same request.
   */
  'idempotency.key_reused': 422;
  /**
   * A request with this Idempotency-Key is in progress. The first request is still in progress: wait, then repeat it with the same key.
   */
  'idempotency.in_progress': 409;
  /**
   * The operator does not allow it. Show the `detail`: the operator of the server wrote it for the user. At a refresh the session has ended: show the sign-in.
   */
  'hook.denied': 403;
  /**
   * The operator’s service does not answer. Repeat the request after `Retry-After` seconds. Nothing was changed: a refresh token is as good as before.
   */
  'hook.unavailable': 503;
  /**
   * No such user. It may have been deleted: reload the list.
   */
  'user.not_found': 404;
  /**
   * E-mail address already registered. Offer to sign in or to reset the password.
   */
  'user.email_taken': 409;
  /**
   * E-mail address registered, but not proven. The server has mailed a code and a link to the address: ask for the code and a new password, and send them to `POST /v1/auth/email/verification/confirm`.
   */
  'user.email_unproven': 409;
  /**
   * Username already taken. Ask for another one; check it with `GET /v1/availability` while the user types.
   */
  'user.username_taken': 409;
  /**
   * The password was ended on purpose. Nobody can bring the old password back: force a reset, or hand out a link from `latchkey admin reset-link`.
   */
  'user.password_ended': 409;
  /**
   * Mobile number already registered. Ask for another one.
   */
  'user.mobile_taken': 409;
  /**
   * Mobile number registered, but not proven. The server has texted a code to the number, if it can: ask for the code and a new password, and send them to `POST /v1/auth/mobile/verification/confirm`.
   */
  'user.mobile_unproven': 409;
  /**
   * The last administrator has to stay. Make somebody else an administrator first.
   */
  'user.last_admin': 409;
  /**
   * The code or link is not valid. Offer to send a new mail or message.
   */
  'challenge.invalid': 400;
  /**
   * The code or link has expired. Offer to send a new mail or message.
   */
  'challenge.expired': 400;
  /**
   * Too many wrong codes. The server accepts no more codes for now: the link in the mail still works.
   */
  'challenge.exhausted': number;
  /**
   * The access token is not valid. Discard the token and show the sign-in.
   */
  'token.invalid': 401;
  /**
   * The access token has expired. Refresh the token and send the request again.
   */
  'token.expired': 401;
  /**
   * Another proof is required. Step up: `POST /v1/sign-ins` with `purpose: "step_up"`, and `requiredAal` and `maxAge` as the members `acrValues` and `maxAge` of this answer say. Then repeat the request with the new access token.
   */
  'auth.step_up_required': 401;
  /**
   * The access token has been revoked. The session has ended: discard it and show the sign-in.
   */
  'token.revoked': 401;
  /**
   * The refresh token is not valid. The session has ended: discard it and show the sign-in.
   */
  'refresh_token.invalid': 401;
  /**
   * The refresh token was used before. The session has ended: discard it and show the sign-in. Somebody may have stolen the token. If this happens often, several parts of your app refresh with old tokens.
   */
  'refresh_token.reused': 401;
  /**
   * No such session. The session has already ended: reload the list.
   */
  'session.not_found': 404;
  /**
   * Requests from this origin are not accepted. The origin is not in `CORS_ORIGINS`, or the request with the cookie is not JSON.
   */
  'request.origin_refused': 403;
  /**
   * An access token is required. Sign in, and send `Authorization: Bearer …`.
   */
  'access.unauthenticated': 401;
  /**
   * Not allowed. Do not offer this action: the user lacks the role, or does not own the resource.
   */
  'access.forbidden': 403;
  /**
   * The client is unknown or its secret is wrong. Check the entry in `OAUTH_CLIENTS`.
   */
  'oauth.invalid_client': 401;
  /**
   * The request has missing or repeated parameters. Send each parameter once.
   */
  'oauth.invalid_request': 400;
  /**
   * This server sends no text messages. Do not offer text messages on this server (`SMS_URL`).
   */
  'sms.not_configured': 409;
  /**
   * A proof of work is required. Solve the `challenge` of the answer and repeat the request with the header `Proof-Of-Work`. The SDK does both by itself; tell the user nothing.
   */
  'proof_of_work.required': 428;
  /**
   * The proof of work is not valid. It was used before, has expired, or is for another kind of request. Solve the `challenge` of this answer.
   */
  'proof_of_work.invalid': 422;
  /**
   * Registration is closed. Hide the registration form: `GET /v1/registration` tells whether there is one. Tell the user to ask an administrator.
   */
  'registration.closed': 403;
  /**
   * An invitation is required. Hide the registration form, and tell the user to ask for an invitation. Its link, a mailed code and a trusted provider make the account.
   */
  'registration.invitation_required': 403;
  /**
   * E-mail domain not allowed. Show it next to the e-mail address. `GET /v1/registration` names the domains.
   */
  'registration.domain_not_allowed': 403;
  /**
   * No such device. It may have been forgotten: reload the list.
   */
  'device.not_found': 404;
  /**
   * The factor is not right. Let the user try again; the server does not reveal what was wrong. A code works once: wait for the next one.
   */
  'factor.invalid': 401;
  /**
   * Too many wrong codes. Wait for `Retry-After`. Another factor of the account may still work.
   */
  'factor.throttled': 429;
  /**
   * No such authenticator. It may have been removed: reload the list.
   */
  'authenticator.not_found': 404;
  /**
   * The authenticator is registered already. Tell the user that this device is set up.
   */
  'authenticator.exists': 409;
  /**
   * The authenticator cannot be confirmed. Let the user add it again: 15 minutes are over, or it is confirmed already.
   */
  'authenticator.unconfirmed': 409;
  /**
   * The account needs this authenticator. Let the user set up another one first, or a password.
   */
  'authenticator.last_way_in': 409;
  /**
   * The account has no second factor. Let the user set up an authenticator app or a passkey first.
   */
  'authenticator.none': 409;
  /**
   * The account has too many authenticators. Let the user remove one that is not used any more.
   */
  'authenticator.too_many': 409;
  /**
   * This server demands a second factor. Do not offer to go without one: `MFA` demands it of this account.
   */
  'auth.second_factor_demanded': 409;
  /**
   * The server does not offer this. Do not offer it: `MFA` is `off`, or this way to sign in is switched off.
   */
  'auth.method_disabled': 403;
  /**
   * No such provider. It may have been deleted or disabled: reload the list.
   */
  'provider.not_found': 404;
  /**
   * The slug is taken. Choose another slug.
   */
  'provider.slug_taken': 409;
  /**
   * Accounts sign in by this provider. Disable it instead: deleting it would take away ways in.
   */
  'provider.in_use': 409;
  /**
   * A setting sets the provider up. Change the setting `PROVIDERS` and restart the server. A provider that it no longer names is disabled, and can be changed.
   */
  'provider.from_settings': 409;
  /**
   * The provider does not answer. Offer another way to sign in, and to try again. The log of the server tells administrators why.
   */
  'provider.unavailable': 502;
  /**
   * The provider signed nobody in. The user went back, or the provider refused. Offer to try again, or another way.
   */
  'provider.denied': number;
  /**
   * The provider asked for no fresh proof. Step up another way: `factors` of the sign-in names those that work. Where there is none, sign out and in again.
   */
  'provider.not_reauthenticated': 403;
  /**
   * The answer of the provider is not valid. Begin a new sign-in. If it happens again, the provider is set up wrong here or there: the log of the server tells why.
   */
  'provider.answer_invalid': 502;
  /**
   * No such identity. It may have been unlinked: reload the list.
   */
  'identity.not_found': 404;
  /**
   * The identity signs in to another account. Tell the user to sign in by it, and to unlink it there first. The server does not say to which account.
   */
  'identity.linked_elsewhere': 409;
  /**
   * The account needs this identity. Let the user set a password or add a passkey first.
   */
  'identity.last_way_in': 409;
  /**
   * The account has too many identities. Let the user unlink one that is not used any more.
   */
  'identity.too_many': 409;
  /**
   * Wrong identifier or password. Say that the identifier or the password is wrong; the server does not reveal which.
   */
  'auth.bad_credentials': 401;
  /**
   * The password of the account is required. Ask the user for the password of the account, or offer to choose a new one.
   */
  'auth.proof_required': 401;
  /**
   * The account has no e-mail address. Give the account an address first.
   */
  'user.email_missing': 409;
  /**
   * The account has no mobile number that can be texted. Ask for a number in the international form, `+12125551000`.
   */
  'user.mobile_unreachable': 409;
  /**
   * Availability is private on this server. Do not offer this check on this server (`ACCOUNT_PRIVACY=strict`).
   */
  'availability.private': 403;
  /**
   * No such open invitation. Read the list again: it was accepted, revoked, or has expired and was deleted.
   */
  'invitation.not_found': 404;
  /**
   * The invitation is for another address. Tell the user to sign in with the account of the invited address, or to sign out and to accept without an account.
   */
  'invitation.other_address': 403;
  /**
   * There is an account with the invited address. Accept without a password: the account keeps its own.
   */
  'invitation.account_exists': 409;
  /**
   * The account of the invited address is disabled. Tell the user to ask whoever sent the invitation: an administrator can enable the account, and the link works then.
   */
  'invitation.account_disabled': 409;
  /**
   * The second factor is required. The password, code or link was right. A sign-in goes on in the member `signIn`: show the factors that it names. A reset of the password has no such member: send it again with `totp` or `recoveryCode`.
   */
  'auth.second_factor_required': 403;
  /**
   * A second factor has to be set up first. The password was right. Set up a second factor in the sign-in in the member `signIn`.
   */
  'auth.enrollment_required': 403;
  /**
   * Another password has to be chosen first. The password was right. Send `newPassword` to the sign-in in the member `signIn`.
   */
  'auth.new_password_required': 403;
  /**
   * No such sign-in. Begin a new one. The id without its secret finds nothing.
   */
  'sign_in.not_found': 404;
  /**
   * The sign-in is over. Begin a new one with what the member `restart` says.
   */
  'sign_in.expired': 410;
  /**
   * The sign-in does not wait for this. Read the sign-in, and show what its status asks for.
   */
  'sign_in.wrong_state': 409;
  /**
   * The account is disabled. The password was right. Tell the user whom to contact.
   */
  'auth.account_disabled': 403;
  /**
   * The account is not verified yet. The password was right. Ask the user for the code, and offer to send the mail again.
   */
  'auth.unverified': 403;
  /**
   * The account is not activated yet. The password was right. Ask the user for the activation code.
   */
  'auth.not_activated': number;
  /**
   * The passkey cannot be registered. Ask for new options and let the user try again. The member `rule` tells what is wrong; `origin` and `rp_id` point to the settings `WEBAUTHN_ORIGINS` and `WEBAUTHN_RP_ID`.
   */
  'passkey.rejected': 422;
  /**
   * The sign-in began in another browser. Begin a new one in this browser. Send the request for the challenge with `credentials: "include"`, so that the browser keeps its cookie.
   */
  'sign_in.other_browser': 403;
  /**
   * The provider makes no accounts here. Tell the user to register, or to sign in another way and to link this provider then.
   */
  'provider.sign_ups_closed': 403;
  /**
   * The provider names no proven address. Tell the user to register here, and to link this provider then.
   */
  'provider.email_unproven': 403;
  /**
   * The identity has to be linked first. Read the sign-in: with `needs_link` it goes on with a factor of the account. Otherwise tell the user to sign in another way, and to link the provider in the settings.
   */
  'identity.link_required': 409;
  /**
   * Administrators do not reset their own second factors. Lead the user to the own authenticators; another administrator, or the command line, removes lost ones.
   */
  'authenticator.own_account': 409;
  /**
   * No such book. It may have been deleted: reload the list.
   */
  'book.not_found': 404;
  /**
   * ISBN already registered. Open the book that has this ISBN.
   */
  'book.isbn_taken': 409;
  /**
   * No such webhook. It may have been deleted: reload the list.
   */
  'webhook.not_found': 404;
  /**
   * No such delivery. It belongs to another webhook, or is older than `WEBHOOK_RETENTION_DAYS`.
   */
  'webhook.delivery_not_found': 404;
  /**
   * The webhook is disabled. Make the receiver work again, enable the webhook, and then repeat the request.
   */
  'webhook.disabled': 409;
  /**
   * Too many webhooks. Delete one that nobody needs any more.
   */
  'webhook.too_many': 409;
  /**
   * No such language. Send one of the tags that the documentation of the parameter lists, exactly as it stands there.
   */
  'translation.locale_unknown': 404;
  /**
   * No such text. Read the list of texts: keys change with versions of the server.
   */
  'translation.key_unknown': 404;
  /**
   * No text of your own. The shipped text is in use already: reload the list.
   */
  'translation.not_found': 404;
  /**
   * This server was started without its packages. On the server, run `npm run build`; `npm start` and the container image do so.
   */
  'sdk.not_built': 404;
}

/**
 * Every rule of a field that a request can break.
 */
export interface FieldRules {
  /**
   * The field is missing, null or empty.
   */
  'required': string;
  /**
   * There is no such field here.
   */
  'unknownField': string;
  /**
   * An object has a key that no object may have, such as `__proto__`.
   */
  'reservedKey': string;
  /**
   * The body is nested too deep.
   */
  'maxDepth': string;
  /**
   * The text is not well-formed Unicode, or contains NUL.
   */
  'isText': string;
  /**
   * It has to be text.
   */
  'isString': string;
  /**
   * It has to be a whole number.
   */
  'isInt': string;
  /**
   * It has to be true or false.
   */
  'isBoolean': string;
  /**
   * It has to be a list.
   */
  'isArray': string;
  /**
   * It has to be a JSON object.
   */
  'isObject': string;
  /**
   * It has to be a time.
   */
  'isDate': string;
  /**
   * It has to be an id (UUID).
   */
  'isUuid': string;
  /**
   * It is none of the permitted values.
   */
  'isIn': string;
  /**
   * It has not the required form, such as six digits.
   */
  'matches': string;
  /**
   * The text is too long.
   */
  'maxLength': string;
  /**
   * The number is too small.
   */
  'min': string;
  /**
   * The number is too large.
   */
  'max': string;
  /**
   * The list is too short.
   */
  'arrayMinSize': string;
  /**
   * The list is too long.
   */
  'arrayMaxSize': string;
  /**
   * The list names something twice.
   */
  'arrayUnique': string;
  /**
   * The cursor is none of this list with this search.
   */
  'cursor.invalid': string;
  /**
   * An account needs an e-mail address, a mobile number or a username to sign in with.
   */
  'identifier.missing': string;
  /**
   * It is no e-mail address that mail can be sent to.
   */
  'email.invalid': string;
  /**
   * It is no mobile number.
   */
  'mobile.invalid': string;
  /**
   * A username has other characters, or another length.
   */
  'username.invalid': string;
  /**
   * A name is too long, not on one line, or changes the direction of text.
   */
  'name.invalid': string;
  /**
   * It is no language tag.
   */
  'locale.invalid': string;
  /**
   * It is no JSON object, or has a number that JSON cannot hold.
   */
  'metadata.invalid': string;
  /**
   * The object is nested too deep.
   */
  'metadata.too_deep': string;
  /**
   * The object is too large.
   */
  'metadata.too_large': string;
  /**
   * The setting `CLAIMS_TEMPLATE` cannot make claims of it: a value is no text, number, truth value, or short list or object of those, or all of them are too long.
   */
  'metadata.unfit': string;
  /**
   * It is no list of roles.
   */
  'roles.invalid': string;
  /**
   * A reason is missing, too long, or not on one line.
   */
  'reason.invalid': string;
  /**
   * The search is too short.
   */
  'search.too_short': string;
  /**
   * There is more than one search.
   */
  'search.ambiguous': string;
  /**
   * In import files: the name is none of a stored picture.
   */
  'avatar.invalid': string;
  /**
   * In import files: the hash is too long.
   */
  'hash.too_long': string;
  /**
   * In import files: the record is no JSON object.
   */
  'record.invalid': string;
  /**
   * In import files: there is no such field.
   */
  'field.unknown': string;
  /**
   * In import files: it has to be a whole number.
   */
  'isInteger': string;
  /**
   * In import files: it has to be a time.
   */
  'isTime': string;
  /**
   * In import files: a proof without an e-mail address.
   */
  'email.missing': string;
  /**
   * In import files: a proof without a mobile number.
   */
  'mobile.missing': string;
  /**
   * There is no picture.
   */
  'avatar.missing': string;
  /**
   * The picture is broken.
   */
  'avatar.unreadable': string;
  /**
   * The picture has too many pixels.
   */
  'avatar.too_many_pixels': string;
  /**
   * Two proofs that exclude each other were sent, such as a token and a code.
   */
  'proof.ambiguous': string;
  /**
   * The address is not in `RETURN_URLS`.
   */
  'returnTo.not_allowed': string;
  /**
   * The new password is in a list of passwords that became known in data breaches.
   */
  'password.breached': string;
  /**
   * It is no https:// address of a public host.
   */
  'provider.address_refused': string;
  /**
   * It is no team or key id of Apple.
   */
  'provider.apple_id': string;
  /**
   * It does not map names of assurance to 1 or 2.
   */
  'provider.acr_map': string;
  /**
   * It does not go with the kind of the provider.
   */
  'provider.wrong_kind': string;
  /**
   * An issuer of Microsoft has to name one tenant.
   */
  'provider.shared_tenant': string;
  /**
   * The new password is too short.
   */
  'password.too_short': string;
  /**
   * The new password is too long.
   */
  'password.too_long': string;
  /**
   * The new password is one of the most used ones.
   */
  'password.common': string;
  /**
   * The new password is too close to a name of the user or of the service.
   */
  'password.personal': string;
  /**
   * The new password is the old one.
   */
  'password.unchanged': string;
  /**
   * The account has this e-mail address already.
   */
  'email.unchanged': string;
  /**
   * No text message can be sent to the number.
   */
  'mobile.unreachable': string;
  /**
   * With `ACCOUNT_PRIVACY=strict`: a username is chosen after signing in.
   */
  'username.later': string;
  /**
   * With `ACCOUNT_PRIVACY=strict`: one of e-mail address and mobile number.
   */
  'mobile.later': string;
  /**
   * One name is asked for at a time.
   */
  'availability.one': string;
  /**
   * An attempt has no factor, or more than one.
   */
  'attempt.ambiguous': string;
  /**
   * An identifier is sent to a sign-in that waits for one account.
   */
  'attempt.account_known': string;
  /**
   * A title is missing, too long, or not on one line.
   */
  'title.invalid': string;
  /**
   * There are too many authors.
   */
  'authors.too_many': string;
  /**
   * A name of an author is missing, too long, or not on one line.
   */
  'author.invalid': string;
  /**
   * It is no ISBN.
   */
  'isbn.invalid': string;
  /**
   * The year is out of range.
   */
  'year.invalid': string;
  /**
   * The number of copies is out of range.
   */
  'copies.invalid': string;
  /**
   * It is no https:// address of a public host.
   */
  'webhook.url_refused': string;
  /**
   * It names no event that webhooks tell.
   */
  'webhook.unknown_type': string;
  /**
   * The text has line breaks, other control characters, or marks of direction.
   */
  'translation.characters': string;
  /**
   * It is no ICU message.
   */
  'translation.syntax': string;
  /**
   * It has a placeholder that the English text lacks, or uses one as what it is not.
   */
  'translation.placeholder': string;
  /**
   * It has other markup than `<b>…</b>`.
   */
  'translation.markup': string;
  /**
   * It leaves out the code that the English text shows.
   */
  'translation.lacks_code': string;
  /**
   * Filled in, it is longer than two text messages.
   */
  'translation.text_message': string;
  /**
   * In contracts: it has to repeat another field.
   */
  'isSameAs': string;
  /**
   * In contracts: it has to be what the account of the caller has.
   */
  'isOwn': string;
  /**
   * In contracts: it has to be a file in a multipart body.
   */
  'file.expected': string;
  /**
   * In contracts: the code that was texted has to be sent.
   */
  'code.missing': string;
}
