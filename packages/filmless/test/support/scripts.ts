import type { MadeStudy } from './query-peers.ts';

/** One patient each in Vietnamese and six other scripts, every study in a character set that machines of the country write. */
export const SCRIPTS: readonly MadeStudy[] = [
  { charset: ['ISO_IR 192'], name: 'Nguyễn^Văn An', id: 'VI1', study: '2.25.301', description: 'CT ngực có thuốc' },
  {
    charset: ['', 'ISO 2022 IR 87'],
    name: 'Yamada^Tarou=山田^太郎=やまだ^たろう',
    id: 'JA1',
    study: '2.25.302',
  },
  { charset: ['', 'ISO 2022 IR 149'], name: 'Hong^Gildong=洪^吉洞=홍^길동', id: 'KO1', study: '2.25.303' },
  { charset: ['GB18030'], name: 'Wang^XiaoDong=王^小东', id: 'ZH1', study: '2.25.304' },
  { charset: ['ISO_IR 126'], name: 'Διονυσίου^Ελένη', id: 'EL1', study: '2.25.305' },
  { charset: ['ISO_IR 144'], name: 'Достоевский^Фёдор', id: 'RU1', study: '2.25.306' },
  { charset: ['ISO_IR 166'], name: 'ใจดี^สมชาย', id: 'TH1', study: '2.25.307' },
];
