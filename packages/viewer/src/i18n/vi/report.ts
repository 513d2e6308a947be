/** Structured reports as documents. */
export const report = {
  complete: 'Đã hoàn tất',
  partial: 'Chưa hoàn tất',
  verified: 'Đã ký duyệt: {by}',
  unverified: 'Chưa ký duyệt',
  cut: 'Báo cáo dài hơn phần hiển thị được: hãy tải tệp về để xem hết.',
  imageElsewhere: 'ảnh ở ca chụp khác, hoặc chuỗi chưa mở',
  showImage: 'Xem ảnh',
  shape: 'hình vẽ {shape}, {count} điểm',
  object: 'đối tượng {uid}',
  same: 'xem mục {place}',
  unknown: 'nội dung kiểu {type}',
} as const;
