/** The locked screen, and what holds for every screen. */
export const lock = {
  title: 'Màn hình đã khóa',
  text: 'Không ai dùng máy một lúc lâu. Nhập mật khẩu để tiếp tục đúng chỗ đang làm; người khác đăng nhập thì bắt đầu trang mới.',
  intro: 'Áp dụng cho mọi màn hình của bệnh viện.',
  minutes: 'Khóa màn hình sau (phút)',
  minutesHint: 'Không ai chạm vào chuột, phím hay màn hình trong thời gian này thì hỏi lại mật khẩu. 0: không khóa.',
  minutesWrong: 'Từ 0 đến {most}.',
  displays: 'Màn hình của bệnh viện đạt chuẩn chẩn đoán',
  displaysNote:
    'Bệnh viện tự khai và chịu trách nhiệm. Khi chưa khai, trình xem ghi “Xem ảnh tham khảo, không dùng để chẩn đoán chính”.',
} as const;
