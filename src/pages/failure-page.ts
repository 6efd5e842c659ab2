import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Catalogue } from '../common/catalogue.js';
import type { AppError } from '../common/errors.js';
import { PageRenderer } from '../look/page-renderer.js';

/** Shows a failure to a user who followed a mailed link. */
@Injectable()
export class FailurePage {
  constructor(
    private readonly pages: PageRenderer,
    private readonly catalogue: Catalogue,
  ) {}

  /** Answers with the page of a failure; a `FailureRenderer`. */
  write(error: AppError, request: FastifyRequest, reply: FastifyReply): void {
    const row = this.catalogue.errors[error.code];
    const { title, advice, status = row.status } = row.page ?? { title: row.title, advice: [error.message] };
    const { html, headers } = this.pages.render('failure', title, { advice, reference: error.code === 'server.error' ? request.id : null });
    void reply.status(status).headers(headers).send(html);
  }
}
