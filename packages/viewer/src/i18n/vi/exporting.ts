/** Pictures, series and studies saved on the computer. */
export const exporting = {
  picture: 'Lưu ảnh đang xem (PNG)',
  pictureWithoutName: 'Lưu ảnh đang xem, không có tên người bệnh',
  series: 'Tải chuỗi ảnh này (ZIP, DICOMDIR)',
  study: 'Tải cả ca chụp (ZIP, DICOMDIR)',
  begun: 'Đang tải tệp ZIP về: xem mục tải xuống của trình duyệt.',
  failed: 'Không lưu được ảnh: {reason}',
} as const;
