import { Controller, Get, Res, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { GuardedBy } from '../common/access.js';
import { ApiProblem } from '../common/api-problem.js';
import { MetricsGuard } from './metrics.guard.js';
import { MetricsService } from './metrics.service.js';

@ApiTags('Operations')
@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: MetricsService) {}

  @Get()
  @GuardedBy('metrics-token')
  @UseGuards(MetricsGuard)
  @ApiOperation({
    operationId: 'getMetrics',
    summary: 'Prometheus metrics',
    description: 'For Prometheus, which sends `METRICS_TOKEN` as its bearer token.',
  })
  @ApiProduces('text/plain')
  @ApiOkResponse({
    description: 'Metrics in the text format of Prometheus.',
    schema: { type: 'string', example: 'process_cpu_seconds_total 1.25' },
  })
  @ApiProblem('access.unauthenticated', 'route.not_found')
  async render(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    void reply.type(this.metrics.contentType);
    return this.metrics.render();
  }
}
