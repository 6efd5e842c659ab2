import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ErrorCode, PROBLEMS } from '../common/error-codes.js';
import type { AppError } from '../common/errors.js';
import { PageRenderer } from '../look/page-renderer.js';

interface Wording {
  title: string;
  advice: readonly string[];
  /** Where a page says more by its status than the API does. */
  status?: number;
}

const NEW_LINK =
  'If you have already done what the link was for, nothing is left to do: sign in as usual. Otherwise go back to the app, ask for a new mail, and open the link in the newest one.';
const AGAIN = 'Nothing was changed. Wait a moment, then open the link in your mail again.';
const FROM_THE_MAIL = 'Open the link in your mail again and start from there.';

/** What readers of a mail are told. All other failures keep the title and the sentence that the API gives them. */
const WORDINGS: Partial<Record<ErrorCode, Wording>> = {
  'challenge.invalid': {
    title: 'This link does not work any more',
    advice: ['It has been used, a newer mail has replaced it, or it was not copied as a whole.', NEW_LINK],
  },
  'challenge.expired': {
    title: 'This link has expired',
    advice: ['Links in our mails are good for a short time only.', NEW_LINK],
    status: 410,
  },
  'request.invalid': { title: 'This form cannot be read', advice: [FROM_THE_MAIL] },
  'request.malformed': { title: 'This form cannot be read', advice: [FROM_THE_MAIL] },
  'request.unsupported_media_type': { title: 'This form cannot be read', advice: [FROM_THE_MAIL] },
  'request.throttled': {
    title: 'Too many tries',
    advice: ['For safety you have to wait a few minutes. Your link stays good: open it again then.'],
  },
  'user.last_admin': {
    title: 'The last administrator has to stay',
    advice: [
      'Nothing was deleted: without your account nobody could look after this service any more.',
      'Make somebody else an administrator first. Then open the link in your mail again, or ask for a new one if it has expired.',
    ],
  },
  'route.not_found': { title: 'There is nothing here', advice: ['Check that you have opened the whole link from your mail.'] },
  'route.method_not_allowed': { title: 'There is nothing here', advice: [FROM_THE_MAIL] },
  'server.busy': { title: 'We are very busy', advice: [AGAIN] },
  'server.unavailable': { title: 'We are not available for the moment', advice: [AGAIN] },
  'server.error': { title: 'Something went wrong', advice: ['That is our fault, not yours. Try again in a few minutes.'] },
};

/** Shows a failure to somebody who followed a mailed link. */
@Injectable()
export class FailurePage {
  constructor(private readonly pages: PageRenderer) {}

  /** Answers with the page of a failure; a `FailureRenderer`. */
  write(error: AppError, request: FastifyRequest, reply: FastifyReply): void {
    const {
      title,
      advice,
      status = PROBLEMS[error.code].status,
    } = WORDINGS[error.code] ?? { title: PROBLEMS[error.code].title, advice: [error.message] };
    const { html, headers } = this.pages.render('failure', title, { advice, reference: error.code === 'server.error' ? request.id : null });
    void reply.status(status).headers(headers).send(html);
  }
}
