import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Public } from '../common/access.js';
import { ApiProblem } from '../common/api-problem.js';
import { ReadinessService } from './readiness.service.js';

export class HealthView {
  @ApiProperty({ description: 'The only value; anything else is a failure.', enum: ['ok'], enumName: 'HealthStatus', example: 'ok' })
  status!: 'ok';
}

@ApiTags('Operations')
@Controller('health')
export class HealthController {
  constructor(private readonly readiness: ReadinessService) {}

  @Get('live')
  @Public()
  @Header('cache-control', 'no-store')
  @ApiOperation({
    operationId: 'getLiveness',
    summary: 'Is the process alive',
    description: 'Says nothing about the database; for restarting a process that hangs.',
  })
  @ApiOkResponse({ type: HealthView, description: 'Alive.' })
  live(): HealthView {
    return { status: 'ok' };
  }

  @Get('ready')
  @Public()
  @Header('cache-control', 'no-store')
  @ApiOperation({
    operationId: 'getReadiness',
    summary: 'Can this node take requests',
    description: 'The database answers and is migrated, and the node is not shutting down; for load balancers.',
  })
  @ApiOkResponse({ type: HealthView, description: 'Ready.' })
  @ApiProblem('server.unavailable')
  async ready(): Promise<HealthView> {
    await this.readiness.check();
    return { status: 'ok' };
  }
}
