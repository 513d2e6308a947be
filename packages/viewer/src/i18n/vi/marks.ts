/** What became of measurements and annotations: saved, or waiting on this computer. */
export const marks = {
  saved: 'Mọi phép đo đã lưu trên máy chủ.',
  saving: 'Đang lưu phép đo…',
  waiting: 'Mất kết nối: {count} phép đo mới chỉ lưu trên máy này, sẽ tự gửi khi có mạng lại.',
  unkept: 'Mất kết nối, và trình duyệt không cho lưu: {count} phép đo chưa được lưu ở đâu. Đừng đóng trang này.',
  away: 'Mất kết nối: phép đo đã lưu; chưa thấy được phép đo mới của người khác.',
  refused: 'Máy chủ không nhận {count} phép đo. Hãy tải lại trang; nếu vẫn vậy, báo người quản trị.',
  viewOnly: 'Ca này bạn chỉ được xem: phép đo chỉ hiện trên trang này, không được lưu.',
  savedShort: 'Đã lưu',
  savingShort: 'Đang lưu…',
  waitingShort: 'Lưu trên máy này',
  unkeptShort: 'Chưa lưu',
  awayShort: 'Mất kết nối',
  refusedShort: 'Không lưu được',
  viewOnlyShort: 'Không lưu',
  by: 'Người vẽ: {name}',
  deleteOwn: 'Xóa các phép đo của tôi',
  leaveTitle: 'Còn phép đo chưa gửi lên máy chủ',
  leaveText:
    '{count} phép đo mới chỉ lưu trên máy này. Đăng xuất không làm mất: khi bạn đăng nhập lại trên máy này, chúng sẽ được gửi. Sau 30 ngày chúng bị xóa khỏi máy.',
  stay: 'Ở lại',
  lockedText: '{count} phép đo mới chỉ lưu trên máy này; sẽ được gửi khi bạn đăng nhập lại.',
} as const;
