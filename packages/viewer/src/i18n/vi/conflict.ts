export const conflict = {
  title: 'conflict',
} as const;
