export const aes = {
  title: 'aes',
} as const;
