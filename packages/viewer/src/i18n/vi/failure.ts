/** What went wrong, and what to do. */
export const failure = {
  offline: 'Không liên lạc được với máy chủ. Kiểm tra dây mạng hoặc Wi-Fi; hệ thống sẽ tự nối lại.',
  timeout: 'Máy chủ trả lời quá lâu. Hãy thử lại sau ít phút.',
  unauthorized: 'Phiên làm việc đã hết. Hãy đăng nhập lại.',
  forbidden: 'Tài khoản của bạn không có quyền làm việc này. Nếu cần, hãy nhờ người quản trị hệ thống.',
  notFound: 'Không tìm thấy, hoặc bạn không được phép xem.',
  conflict: 'Thao tác trùng với dữ liệu đã có: {detail}',
  invalid: 'Máy chủ không nhận nội dung này: {detail}',
  tooMany: 'Quá nhiều yêu cầu. Hãy chờ {time} rồi thử lại.',
  full: 'Máy chủ đã hết chỗ lưu trữ. Hãy báo ngay người quản trị hệ thống.',
  server:
    'Máy chủ gặp lỗi ({detail}). Dữ liệu đã lưu không bị ảnh hưởng; hãy thử lại, nếu vẫn lỗi thì báo người quản trị hệ thống.',
  unreadable:
    'Máy chủ trả lời không đúng dạng ({detail}). Hãy tải lại trang; nếu vẫn lỗi, phiên bản trang và máy chủ có thể lệch nhau.',
  passwordShort: 'Mật khẩu cần ít nhất {count} ký tự.',
  passwordSame: 'Mật khẩu cần ít nhất {count} ký tự khác nhau.',
  passwordLong: 'Mật khẩu quá dài.',
  passwordName: 'Mật khẩu quá giống tên đăng nhập.',
  passwordCommon: 'Mật khẩu này rất dễ đoán. Hãy ghép vài từ không liên quan với nhau.',
  userTaken: 'Đã có người dùng với tên đăng nhập này.',
  tokenTaken: 'Đã có mã truy cập với tên này.',
  facilityTaken: 'Đã có cơ sở với mã {name}.',
  aeTaken: 'Máy {name} đã có trong danh sách.',
  profileNamed: 'Quy tắc “{rule}” còn dùng hồ sơ này. Hãy sửa quy tắc trước.',
  lastAdministrator: 'Đây là người quản trị cuối cùng. Hãy tạo người quản trị khác trước.',
} as const;
