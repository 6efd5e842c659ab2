import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { bytesOf } from '../../http/signed-bodies.js';
import { ReportsService } from './reports.service.js';

/** Lets requests in that a provider made. */
@Injectable()
export class ReportGuard implements CanActivate {
  constructor(private readonly reports: ReportsService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest<{ Params: { provider: string } }>>();
    await this.reports.verify(request.params.provider, { headers: request.headers, bytes: bytesOf(request), body: request.body });
    return true;
  }
}
