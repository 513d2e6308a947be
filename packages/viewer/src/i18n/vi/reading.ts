export const reading = {
  title: 'reading',
} as const;
