import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Public } from '../common/access.js';
import { ApiProblem } from '../common/api-problem.js';
import { ReadinessService } from './readiness.service.js';

export class HealthView {
  @ApiProperty({ description: 'Always this value; anything else is a failure.', enum: ['ok'], enumName: 'HealthStatus', example: 'ok' })
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
    summary: 'Check that the process is alive',
    description: 'For supervisors that restart a hanging process. Does not check the database.',
  })
  @ApiOkResponse({ type: HealthView, description: 'The process is alive.' })
  live(): HealthView {
    return { status: 'ok' };
  }

  @Get('ready')
  @Public()
  @Header('cache-control', 'no-store')
  @ApiOperation({
    operationId: 'getReadiness',
    summary: 'Check that this node takes requests',
    description: 'For load balancers. Ready means that the database answers and is migrated, and that the node is not shutting down.',
  })
  @ApiOkResponse({ type: HealthView, description: 'The node is ready.' })
  @ApiProblem('server.unavailable')
  async ready(): Promise<HealthView> {
    await this.readiness.check();
    return { status: 'ok' };
  }
}
