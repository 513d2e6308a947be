/** What becomes of an order. */
export type OrderState = 'SCHEDULED' | 'IN_PROGRESS' | 'COMPLETED' | 'DISCONTINUED' | 'CANCELLED';

export const ORDER_STATES: readonly OrderState[] = ['SCHEDULED', 'IN_PROGRESS', 'COMPLETED', 'DISCONTINUED', 'CANCELLED'];
