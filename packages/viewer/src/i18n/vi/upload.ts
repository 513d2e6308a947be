export const upload = {
  title: 'upload',
} as const;
