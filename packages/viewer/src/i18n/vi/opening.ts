/** While a study is being opened. */
export const opening = {
  preview: 'Ảnh xem trước, đang tải ảnh gốc',
};
