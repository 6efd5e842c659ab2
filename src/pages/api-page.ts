import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';

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
