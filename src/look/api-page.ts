import { applyDecorators } from '@nestjs/common';
import { ApiQuery, ApiResponse } from '@nestjs/swagger';

/** Failures that both routes of every page behind a mailed link show alike. */
export const LINK_FAILURES = {
  400: 'The link is no longer valid.',
  410: 'The link has expired.',
  422: 'The form cannot be read.',
  500: 'Something went wrong; the page shows no details.',
  503: 'The server is busy or not available; try again later.',
};

/** Documents the token with which a mailed link leads to its page. */
export const ApiLinkToken = () =>
  ApiQuery({
    name: 'token',
    description: 'The token of the mailed link.',
    schema: { type: 'string', example: 'AZqfPmwbfD6m0F8PbzsaEUu1mH8pWc4vR2sQ9dXk7LtYbN3gJe5fZo' },
  });

/** Documents answers that are pages, one sentence per status. */
export function ApiPages(pages: Record<number, string>) {
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
