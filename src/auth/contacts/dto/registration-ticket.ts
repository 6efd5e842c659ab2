/** Example of a registration's ticket. */
export const REGISTRATION_TICKET = 'lkt_AZqfPmwbfD6m0F8PbzsaEXq1c8dRAGj4Zk2pTnWYV0b6sJQy3mEoUuK9hLxgN7Ci5vDfPtRwA2eSb1XgRu8YkOo4Tz7iWnHd';
