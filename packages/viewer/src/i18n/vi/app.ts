/** The frame around the pages. */
export const app = {
  navigation: 'Trang chính',
  studies: 'Ca chụp',
  unreachable: 'Không liên lạc được với máy chủ',
  outdated: 'Chưa tải được trang này',
  outdatedText: 'Mạng vừa gián đoạn hoặc hệ thống vừa được nâng cấp. Hãy tải lại trang.',
} as const;
