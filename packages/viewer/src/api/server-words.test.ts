import { expect, it } from 'vitest';
import { chooseLanguage } from '../i18n/index.ts';
import { serverWords } from './server-words.ts';

it.each([
  ['there is a destination tinh already', /Đã có nơi nhận tên tinh/],
  ['the routing rule "CT" sends to tinh: change the rules first', /quy tắc "CT" còn gửi tới đây/],
  ['the routing rules "CT", "MR" send to tinh: change the rules first', /quy tắc "CT", "MR" còn gửi tới đây/],
  ['deliveries to tinh are still open: send them, or take them out of the queue first', /hàng đợi còn ảnh chưa gửi/],
  ['archive is set by the configuration: it can be paused here, and nothing else', /chỉ tạm dừng được/],
])('says %s in the language of the screen', (detail, words) => {
  chooseLanguage('vi');
  expect(serverWords(detail)).toMatch(words);
});

it('leaves to others what it does not know', () => {
  expect(serverWords('something else')).toBeUndefined();
});
