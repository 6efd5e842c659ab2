export * from './generated/sdk.gen.js';
export type * from './generated/types.gen.js';
