import { Get, HttpCode, Post, applyDecorators } from '@nestjs/common';
import { ApiConsumes, ApiOperation, ApiQuery, ApiResponse } from '@nestjs/swagger';
import { Public } from '../../common/access.js';

/** How the documents describe an operation. */
interface Operation {
  operationId: string;
  summary: string;
  description: string;
}

/** Failures that both routes of every page behind a mailed link show alike. */
const LINK_FAILURES = {
  400: 'The link is no longer valid.',
  410: 'The link has expired.',
  422: 'The form cannot be read.',
  500: 'Something went wrong; the page shows no details.',
  503: 'The server is busy or not available; try again later.',
};

const FORM_FAILURES = {
  413: 'The form is too large.',
  415: 'The body is not a form.',
  429: 'Too many attempts.',
};

/** The route that a mailed link opens. Parameters beside the token are let through: mail gateways add theirs to links. */
export function ShowsForm(operation: Operation) {
  return applyDecorators(
    Get(),
    Public(),
    ApiOperation(operation),
    ApiQuery({
      name: 'token',
      description: 'The token of the mailed link.',
      schema: { type: 'string', example: 'AZqfPmwbfD6m0F8PbzsaEUu1mH8pWc4vR2sQ9dXk7LtYbN3gJe5fZo' },
    }),
    ApiPages({ ...LINK_FAILURES, 200: 'The form.' }),
  );
}

/**
 * The route that the form is sent to.
 * @param answers what its pages say, by status; those that all forms have in common are added
 */
export function TakesForm(operation: Operation, answers: Record<number, string>) {
  return applyDecorators(
    Post(),
    Public(),
    HttpCode(200),
    ApiOperation(operation),
    ApiConsumes('application/x-www-form-urlencoded'),
    ApiPages({ ...LINK_FAILURES, ...FORM_FAILURES, ...answers }),
  );
}

/** Documents answers that are pages, one sentence per status. */
function ApiPages(pages: Record<number, string>) {
  return applyDecorators(
    ...Object.entries(pages).map(([status, description]) =>
      ApiResponse({
        status: Number(status),
        description,
        content: { 'text/html': { schema: { type: 'string', example: '<!doctype html>…' } } },
      }),
    ),
  );
}
