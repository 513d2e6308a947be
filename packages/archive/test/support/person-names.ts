/*
 * Names as they are in Vietnam, for measurements: nobody is meant.
 *
 * Family names: per cent of the Kinh, from Lê Trung Hoa, Họ và tên người Việt Nam, Nhà xuất bản Khoa học Xã hội 2005, as quoted by the Wikipedia's article
 * on Vietnamese names; Hoàng and Huỳnh, Vũ and Võ are one name each there, parted here by half. The 8.9 per cent it leaves to others are spread evenly over
 * some of these. For middle and given names no count was found: Văn and Thị lead by far, and the weights of the others are estimates.
 */

const FAMILIES =
  'Nguyễn:384 Trần:121 Lê:95 Phạm:70 Hoàng:26 Huỳnh:25 Phan:45 Vũ:20 Võ:19 Đặng:21 Bùi:20 Đỗ:14 Hồ:13 Ngô:13 Dương:10 Lý:5 ' +
  'Đinh:5 Trịnh:5 Đoàn:5 Trương:5 Lương:5 Mai:4 Đào:4 Cao:4 Hà:4 Lâm:4 Phùng:4 Tạ:4 Tô:3 Vương:3 Quách:3 Thái:3 Châu:3 Chu:3 La:3 ' +
  'Lưu:3 Nghiêm:2 Kiều:2 Tăng:2 Từ:2 Khổng:1 Thạch:1 Niê:1 Kpă:1 Rơ:1';
const MEN_MIDDLE =
  'Văn:40 Hữu:6 Đức:6 Minh:6 Quang:5 Ngọc:4 Thanh:4 Xuân:3 Công:3 Đình:4 Quốc:4 Hoàng:3 Duy:3 Trọng:2 Tiến:2 Mạnh:2 Bá:1 Thế:1 Viết:1';
const WOMEN_MIDDLE =
  'Thị:46 Thị Thu:6 Thị Thanh:5 Thị Ngọc:5 Thị Kim:4 Thị Hồng:4 Thị Mỹ:2 Ngọc:5 Thanh:4 Thu:3 Kim:3 Hồng:3 Mỹ:2 Bích:2 Minh:2 Khánh:2 Bảo:2';
const MEN_GIVEN =
  'Anh:30 Hùng:25 Dũng:22 Tuấn:28 Nam:22 Long:20 Minh:20 Hải:20 Sơn:20 Thành:18 Hiếu:16 Đức:16 Cường:16 Quân:12 Phúc:14 Khánh:8 ' +
  'Bình:14 Tâm:8 Tùng:12 Trung:14 Việt:10 Hưng:14 Hòa:10 Lâm:8 An:8 Khoa:8 Thắng:14 Tài:8 Toàn:8 Vinh:8 Phong:12 Quang:12 Đạt:12 Huy:16 ' +
  'Kiên:8 Bảo:8 Nghĩa:7 Nhân:7 Lộc:6 Thịnh:6 Tiến:10 Vũ:6 Sang:5 Tú:6 Ba:3 Năm:3 Sáu:2 Bảy:2 Tám:1 Út:1 Khuê:1 Nghị:1';
const WOMEN_GIVEN =
  'Anh:30 Linh:24 Trang:22 Hà:20 Hương:24 Hằng:16 Lan:20 Mai:18 Hoa:20 Nga:14 Thảo:16 Thủy:18 Phương:20 Hạnh:16 Hiền:16 Hồng:14 ' +
  'Loan:10 Ngọc:14 Nhung:12 Yến:12 Vân:16 Tuyết:10 Thu:12 Quỳnh:10 Nguyệt:6 Oanh:7 Liên:12 Lý:6 My:8 Nhi:10 Như:7 Trinh:7 Châu:6 Chi:8 ' +
  'Dung:14 Duyên:8 Giang:7 Huệ:10 Huyền:12 Khánh:5 Lệ:5 Ly:6 Minh:6 Ngân:10 Thơm:4 Thúy:12 Tiên:6 Trâm:7 Trúc:5 Uyên:5 Vy:7 Xuân:8 Ý:1 Út:2 Đào:3';

/** Draws a number from 0 to below 1. */
export type Random = () => number;

/** A small, quick source of random numbers that are the same for the same seed. */
export function randomFrom(seed: number): Random {
  let state = Math.imul(seed ^ 0x9e37_79b9, 0x85eb_ca6b) >>> 0;
  return () => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Draws from a weighted list: `An:3 Bình:2`. */
export function drawerOf(weighted: string): (random: Random) => string {
  const bag = weighted.split(/ (?=[^:]+:\d+)/).flatMap((entry) => {
    const [value = '', weight = '1'] = entry.split(':');
    return Array.from({ length: Number(weight) }, () => value);
  });
  return (random) => bag[Math.floor(random() * bag.length)] ?? '';
}

const family = drawerOf(FAMILIES);
const drawers = {
  M: { middle: drawerOf(MEN_MIDDLE), given: drawerOf(MEN_GIVEN) },
  F: { middle: drawerOf(WOMEN_MIDDLE), given: drawerOf(WOMEN_GIVEN) },
};

/** `Nguyễn^Văn An`. */
export function personNameOf(sex: 'M' | 'F', random: Random): string {
  const { middle, given } = drawers[sex];
  return `${family(random)}^${middle(random)} ${given(random)}`;
}
