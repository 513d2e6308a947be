export const worklist = {
  title: 'worklist',
} as const;
