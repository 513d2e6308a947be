/** Other studies of the patient beside the one that is read. */
export const priors = {
  title: 'Lịch sử chụp',
  none: 'Không có ca chụp nào khác của người bệnh này.',
  failed: 'Không tải được: {reason}',
  compareWith: 'So sánh với ca {study}',
  earlier: 'Trước',
  later: 'Sau',
  sameDay: 'Cùng ngày',
  undated: 'Không rõ ngày',
  current: 'Hiện tại',
  doubtful: 'Cùng mã BN nhưng tên, ngày sinh hoặc giới tính khác',
  doubtfulName: 'Cùng mã BN nhưng tên, ngày sinh hoặc giới tính khác: {name}',
  comparePrior: 'So sánh với ca cũ gần nhất',
} as const;
