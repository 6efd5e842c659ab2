import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Controller, Get, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../common/access.js';
import { Settings } from '../config/settings.js';
import { SOURCE_LOCALE } from '../languages/locales.js';
import { type Page, PageRenderer } from '../look/page-renderer.js';
import { walkThrough } from './start-page-walk.js';

const { version: VERSION } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as { version: string };

/** The page at the root of the server: what is running, and what to try first. */
@ApiTags('Operations')
@Controller()
export class StartPageController {
  /** The page does not change while the server runs. */
  private readonly page: Page;

  constructor(pages: PageRenderer, settings: Settings) {
    this.page = startPage(pages, settings);
  }

  @Get()
  @Public()
  @ApiOperation({
    operationId: 'showStartPage',
    summary: 'Start page',
    description:
      'A page for people that shows what is running, with links to the documentation and a walk to try. In production it reveals no more than the documentation, and almost nothing if the documentation is switched off.',
  })
  @ApiOkResponse({
    description: 'The page.',
    content: { 'text/html': { schema: { type: 'string', example: '<!doctype html>…' } } },
  })
  showStartPage(@Res({ passthrough: true }) reply: FastifyReply): string {
    void reply.headers(this.page.headers);
    return this.page.html;
  }
}

/**
 * In production the page shows no version, which would reveal known vulnerabilities, and nothing about the mailbox or the first
 * administrator. It shows only what the documentation shows as well; with `DOCS` off it names no path except that of the health check.
 */
function startPage(pages: PageRenderer, settings: Settings): Page {
  const production = settings.NODE_ENV === 'production';
  const isTold = settings.DOCS || !production;
  /** Below the path of `PUBLIC_URL`, if it has one. */
  const linkTo = (path: string): string => new URL(path, `${settings.PUBLIC_URL}/`).pathname;
  const mailbox = settings.SMTP_URL === undefined ? linkTo('dev/mail') : null;
  const contracts = isTold ? settings.CONTRACTS : [];
  const view = {
    title: production ? 'Accounts and sign-in' : 'Start',
    production,
    version: production ? null : VERSION,
    api: isTold ? `${settings.PUBLIC_URL}/v1` : null,
    docs: settings.DOCS ? linkTo('docs') : null,
    openapi: settings.DOCS ? linkTo('openapi.json') : null,
    packages: settings.DOCS ? ['client', 'verifier'].map((name) => `npm install ${settings.PUBLIC_URL}/sdk/${name}.tgz`) : [],
    mailbox,
    health: linkTo('health/ready'),
    contracts: contracts.map((slug) => ({
      slug,
      url: `${settings.PUBLIC_URL}/contracts/${slug}`,
      docs: settings.DOCS ? linkTo(`docs/contracts/${slug}`) : null,
    })),
    walk: isTold ? walkThrough(String(settings.PUBLIC_URL), mailbox !== null) : [],
  };
  // It is for developers, and in English like all that they read.
  return pages.render('start', view, SOURCE_LOCALE);
}
