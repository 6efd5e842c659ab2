import { UseInterceptors, applyDecorators } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { ProofInterceptor } from './proof.interceptor.js';

/**
 * Decorator of a route that may ask for a proof of work, by `ProofsOfWork.demand`: documents the header, lets the route ask, and fails it
 * where it serves a request without having asked. Other routes cannot ask. Belongs above `@Idempotent()`: a repeated answer needs no proof.
 * `@ApiProblem` names the two codes.
 */
export const AsksForProof = () =>
  applyDecorators(
    UseInterceptors(ProofInterceptor),
    ApiHeader({
      name: 'Proof-Of-Work',
      required: false,
      description:
        'After `proof_of_work.required`: base64 of the JSON `{"challenge": …, "solution": {"counter": …, "derivedKey": …}}`, as libraries of ALTCHA 2 make it. Each proof works once.',
      example: 'eyJjaGFsbGVuZ2UiOnsicGFyYW1ldGVycyI6e319fQ==',
    }),
  );
