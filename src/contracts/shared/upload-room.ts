import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { type Observable, defer, finalize } from 'rxjs';
import { waitForUpload } from '../../http/body-time.js';
import { callerOf } from '../../common/caller.js';
import { BusyError } from '../../common/errors.js';
import type { AuthenticatedRequest } from '../../common/principal.js';
import { networkOf } from '../../throttling/client-network.js';
import type { UploadRequest } from './form.js';

/**
 * Maximum number of uploads that are being received or processed, because each holds its file in memory; and the maximum for one network,
 * because some contracts accept pictures from anyone, and slow senders must not occupy all places.
 */
const MAX_UPLOADS = 24;
const MAX_UPLOADS_OF_ONE = 8;

/** Networks of the current uploads, for all contracts together, because they share the memory of the process. */
const uploads: string[] = [];

/** Reserves a place for one upload before its body is read. @throws BusyError */
@Injectable()
export class UploadRoom implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return defer(() => {
      const request = context.switchToHttp().getRequest<UploadRequest & AuthenticatedRequest>();
      const network = networkOf(callerOf(request).ip);
      if (uploads.length >= MAX_UPLOADS || uploads.filter((each) => each === network).length >= MAX_UPLOADS_OF_ONE) throw new BusyError();
      uploads.push(network);
      request.takesFile = true;
      // Anonymous callers get no more time than for any other body.
      if (request.user !== undefined) waitForUpload(request);
      return next.handle().pipe(
        finalize(() => {
          uploads.splice(uploads.indexOf(network), 1);
        }),
      );
    });
  }
}
