export const share = {
  title: 'share',
} as const;
