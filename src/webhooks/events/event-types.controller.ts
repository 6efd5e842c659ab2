import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Roles } from '../../common/access.js';
import { ADMIN_ONLY, ApiProblem } from '../../common/api-problem.js';
import { Catalogue } from '../../common/catalogue.js';
import { isPublic } from '../../common/event-row.js';
import { type EventSchema, toSchema } from './webhook-event.js';

class EventTypeView {
  @ApiProperty({ description: 'Name of the event.', example: 'account.updated' })
  type!: string;

  @ApiProperty({ description: 'What happened.', example: 'Somebody edited the profile of an account.' })
  description!: string;

  @ApiProperty({
    description: 'JSON Schema (2020-12) of the body that is sent.',
    type: 'object',
    additionalProperties: true,
    example: { type: 'object' },
  })
  schema!: EventSchema;
}

class EventTypeListView {
  @ApiProperty({ description: 'The events, by name.', type: [EventTypeView] })
  data!: EventTypeView[];
}

/** What webhooks tell. */
@ApiTags('Webhooks')
@Controller('v1/events')
export class EventTypesController {
  constructor(private readonly catalogue: Catalogue) {}

  @Get('types')
  @Roles('admin')
  @ApiOperation({
    operationId: 'listEventTypes',
    summary: 'List the events that webhooks tell',
    description:
      'Each with the JSON Schema of its body. New ones come with new versions of the server, and receivers ignore members that they do not know.',
  })
  @ApiOkResponse({ type: EventTypeListView, description: 'The events.' })
  @ApiProblem(...ADMIN_ONLY)
  listEventTypes(): EventTypeListView {
    const { events, publicActions } = this.catalogue;
    const data = publicActions.flatMap((type) => {
      const row = events[type];
      return isPublic(row) ? [{ type, description: row.says, schema: toSchema(type, row) }] : [];
    });
    return { data };
  }
}
