// The part of Intl that programs use most: numbers, and dates in plain styles, in common locales. What is not here says so.
//
// Evaluated before the snapshot, like runtime.js; the result is put into the globals by it.
// So are the time zones: functions over the package moment-timezone, whose data ends with 2030.
(function (hidden, timeZones, variable) {
  'use strict';

  // ---- time zones ----

  const { Map, Math, Date, RangeError, String } = globalThis;
  const minuteMs = 60000;
  const two = (number) => `${number}`.padStart(2, '0');
  // From then on the rules are taken to repeat: days of the week and leap years do, every 28 years.
  const dataEnd = Date.UTC(2030, 0, 1);
  const cycleMs = (28 * 365 + 7) * 86400000;
  const found = new Map();
  const findZone = (name) => {
    if (!found.has(name)) found.set(name, timeZones.zone(name) ?? undefined);
    return found.get(name);
  };
  const within = (time) => {
    while (time >= dataEnd) time -= cycleMs;
    return time;
  };
  const isUtc = (name) => /^(UTC|GMT|Etc\/(UTC|GMT|UCT|Zulu|Greenwich)|Zulu|UCT)$/i.test(name);
  // The name as it is spelled in the data; UTC for all of its names.
  const canonicalZone = (name) => {
    if (isUtc(name)) return 'UTC';
    const zone = findZone(name);
    if (!zone) throw new RangeError(`Invalid time zone specified: ${name}`);
    return zone.name;
  };
  // Minutes behind UTC.
  const offsetAt = (name, time) => (name === 'UTC' ? 0 : Math.round(findZone(name).utcOffset(within(time))));
  const inGmt = (offset, padded) => {
    if (offset === 0) return padded ? 'GMT+00:00' : 'GMT';
    const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
    const sign = offset > 0 ? '-' : '+';
    return padded ? `GMT${sign}${two(hours)}:${two(minutes)}` : `GMT${sign}${hours}${minutes ? `:${two(minutes)}` : ''}`;
  };
  const american = /^(EST|EDT|CST|CDT|MST|MDT|PST|PDT|AKST|AKDT|HST)$/;
  const shortZone = (name, time) => {
    if (name === 'UTC') return 'UTC';
    const abbreviation = findZone(name).abbr(within(time));
    if (american.test(abbreviation) && /^(America|US|Canada|Pacific)\//.test(name)) return abbreviation;
    return inGmt(offsetAt(name, time), false);
  };
  const longNames = {
    EST: 'Eastern Standard Time', EDT: 'Eastern Daylight Time', CST: 'Central Standard Time', CDT: 'Central Daylight Time',
    MST: 'Mountain Standard Time', MDT: 'Mountain Daylight Time', PST: 'Pacific Standard Time', PDT: 'Pacific Daylight Time',
    AKST: 'Alaska Standard Time', AKDT: 'Alaska Daylight Time', HST: 'Hawaii-Aleutian Standard Time', GMT: 'Greenwich Mean Time',
    CET: 'Central European Standard Time', CEST: 'Central European Summer Time', EET: 'Eastern European Standard Time',
    EEST: 'Eastern European Summer Time', WET: 'Western European Standard Time', WEST: 'Western European Summer Time',
    BST: 'British Summer Time', MSK: 'Moscow Standard Time', JST: 'Japan Standard Time', KST: 'Korean Standard Time',
    AEST: 'Australian Eastern Standard Time', AEDT: 'Australian Eastern Daylight Time', AWST: 'Australian Western Standard Time',
    NZST: 'New Zealand Standard Time', NZDT: 'New Zealand Daylight Time', SAST: 'South Africa Standard Time',
  };
  const placeNames = { 'Asia/Kolkata': 'India Standard Time', 'Asia/Shanghai': 'China Standard Time', 'Europe/Dublin': undefined };
  const longZone = (name, time) => {
    if (name === 'UTC') return 'Coordinated Universal Time';
    if (name in placeNames) return placeNames[name] ?? inGmt(offsetAt(name, time), true);
    const abbreviation = findZone(name).abbr(within(time));
    const isAmerican = american.test(abbreviation);
    if (isAmerican && !/^(America|US|Canada|Pacific)\//.test(name)) return inGmt(offsetAt(name, time), true);
    return longNames[abbreviation] ?? inGmt(offsetAt(name, time), true);
  };
  // What the variable TZ says; UTC if it says nothing that is known.
  const localZone = () => {
    const name = variable();
    if (name === undefined || name === '') return 'UTC';
    try {
      return canonicalZone(String(name).replace(/^:/, ''));
    } catch {
      return 'UTC';
    }
  };

  // The separator of groups, the decimal point, where a currency stands, and how dates are written in figures.
  const locales = {
    'en-US': [',', '.', 'before', 'M/D/Y, h'], 'en-GB': [',', '.', 'before', 'DD/MM/Y, H'], 'en-CA': [',', '.', 'before', 'Y-MM-DD, h'],
    'de-DE': ['.', ',', 'after', 'D.M.Y, H'], 'fr-FR': ['\u202f', ',', 'after', 'DD/MM/Y H'], 'es-ES': ['.', ',', 'after', 'D/M/Y, H'],
    'it-IT': ['.', ',', 'after', 'DD/MM/Y, H'], 'sv-SE': ['\u00a0', ',', 'after', 'Y-MM-DD H'], 'ja-JP': [',', '.', 'before', 'Y/M/D H'],
    'zh-CN': [',', '.', 'before', 'Y/M/D H'],
  };
  const names = Object.keys(locales);
  const lacks = (what) => { throw new RangeError(`Intl: the JavaScript sandbox does without ${what}`); };
  const pick = (wanted) => {
    const list = wanted === undefined ? ['en-US'] : Array.isArray(wanted) ? wanted : [wanted];
    for (const name of list.length ? list : ['en-US']) {
      const found = names.find((known) => known === `${name}`) ?? names.find((known) => known.startsWith(`${name}-`));
      if (found) return found;
    }
    return lacks(`the locale ${list.join(', ')} (there are ${names.join(', ')})`);
  };

  // The digits of a finite number, rounded half away from zero in its shortest decimal form.
  const digits = (value, least, most) => {
    let [mantissa, exponent = '0'] = `${Math.abs(value)}`.split('e');
    let [whole, fraction = ''] = mantissa.split('.');
    const shift = Number(exponent);
    if (shift > 0) [whole, fraction] = [whole + fraction.slice(0, shift).padEnd(shift, '0'), fraction.slice(shift)];
    if (shift < 0) [whole, fraction] = ['0', whole.padStart(whole.length - shift - 1, '0') + fraction];
    if (fraction.length > most) {
      const rounded = BigInt(whole + fraction.slice(0, most)) + (fraction[most] >= '5' ? 1n : 0n);
      const text = `${rounded}`.padStart(most + 1, '0');
      [whole, fraction] = [text.slice(0, text.length - most), text.slice(text.length - most)];
    }
    fraction = fraction.replace(/0+$/, '').padEnd(least, '0');
    return [whole, fraction];
  };
  const symbols = { USD: '$', EUR: '€', GBP: '£', JPY: '¥', INR: '₹', CNY: 'CN¥', KRW: '₩', BRL: 'R$', CAD: 'CA$', AUD: 'A$', MXN: 'MX$' };
  const own = { 'en-CA CAD': '$', 'ja-JP JPY': '￥', 'zh-CN CNY': '¥', 'zh-CN USD': 'US$', 'en-GB USD': 'US$', 'en-CA USD': 'US$', 'fr-FR USD': '$US' };

  class NumberFormat {
    #locale; #options;
    constructor(wanted, options = {}) {
      this.#locale = pick(wanted);
      const { style = 'decimal', currency, notation = 'standard' } = options;
      if (!['decimal', 'percent', 'currency'].includes(style)) lacks(`the number style "${style}"`);
      if (notation !== 'standard' && notation !== 'compact') lacks(`the notation "${notation}"`);
      if (options.maximumSignificantDigits ?? options.minimumSignificantDigits) lacks('rounding to significant digits');
      if (style === 'currency' && !currency) throw new TypeError('Currency code is required with currency style.');
      const usual = style === 'currency' ? (['JPY', 'KRW'].includes(currency) ? [0, 0] : [2, 2]) : style === 'percent' ? [0, 0] : [0, 3];
      let { minimumFractionDigits: least, maximumFractionDigits: most } = options;
      least ??= Math.min(usual[0], most ?? usual[0]);
      most ??= Math.max(usual[1], least);
      if (!(least >= 0 && most <= 100)) throw new RangeError('maximumFractionDigits value is out of range.');
      if (least > most) throw new RangeError('maximumFractionDigits value is out of range.');
      this.#options = { style, currency: currency?.toUpperCase(), notation, least, most, grouping: options.useGrouping ?? true,
        width: options.minimumIntegerDigits ?? 1, sign: options.signDisplay ?? 'auto' };
      this.format = this.format.bind(this);
      hidden(this, 'format', this.format);
    }
    format(value) {
      const { style, currency, notation, grouping, width, sign } = this.#options;
      let { least, most } = this.#options;
      const [group, point, place] = locales[this.#locale];
      let number = typeof value === 'bigint' ? value : Number(value);
      let suffix = '';
      if (notation === 'compact' && typeof number === 'number') {
        if (!this.#locale.startsWith('en')) lacks(`compact notation in ${this.#locale}`);
        const step = [[1e12, 'T'], [1e9, 'B'], [1e6, 'M'], [1e3, 'K']].find(([from]) => Math.abs(number) >= from);
        if (step) [number, suffix] = [number / step[0], step[1]];
        [least, most] = [0, Math.abs(number) < 10 ? 1 : 0];
      }
      let text;
      if (typeof number === 'number' && !Number.isFinite(number)) text = Number.isNaN(number) ? 'NaN' : '∞';
      else {
        if (style === 'percent') number = typeof number === 'bigint' ? number * 100n : Number((number * 100).toPrecision(15));
        let [whole, fraction] = typeof number === 'bigint' ? [`${number < 0n ? -number : number}`, ''.padEnd(least, '0')] : digits(number, least, most);
        whole = whole.padStart(width, '0');
        const short = ['es-ES', 'it-IT'].includes(this.#locale) && whole.length < 5;
        if (grouping && !short) whole = whole.replace(/\B(?=(\d{3})+(?!\d))/g, group);
        text = whole + (fraction ? point + fraction : '');
      }
      text += suffix;
      if (style === 'percent') text += this.#locale.startsWith('en') || place === 'before' || this.#locale === 'it-IT' ? '%' : '\u00a0%';
      if (style === 'currency') {
        const symbol = own[`${this.#locale} ${currency}`] ?? symbols[currency] ?? currency;
        text = place === 'after' ? `${text}\u00a0${symbol}` : `${symbol}${/[A-Z]$/.test(symbol) ? '\u00a0' : ''}${text}`;
      }
      const negative = number < 0 || Object.is(number, -0);
      const lead = negative ? (sign === 'never' ? '' : this.#locale === 'sv-SE' ? '−' : '-') : sign === 'always' || (sign === 'exceptZero' && number != 0) ? '+' : '';
      return lead + text;
    }
    resolvedOptions() {
      return { locale: this.#locale, numberingSystem: 'latn', style: this.#options.style, minimumFractionDigits: this.#options.least, maximumFractionDigits: this.#options.most };
    }
    static supportedLocalesOf(wanted) { return [].concat(wanted ?? []).filter((name) => names.includes(name)); }
  }

  // The names of months and days, long and short, and how a date that has one of them is put together.
  const split = (text) => text.split(' ');
  const english = {
    months: { long: split('January February March April May June July August September October November December'), short: split('Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec') },
    days: { long: split('Sunday Monday Tuesday Wednesday Thursday Friday Saturday'), short: split('Sun Mon Tue Wed Thu Fri Sat') },
    date: (D, M, Y) => [join(' ', M, D), Y].filter(Boolean).join(D ? ', ' : ' '),
    day: ', ', at: ' at ',
  };
  const join = (mark, ...parts) => parts.filter(Boolean).join(mark);
  const inTurn = (D, M, Y) => join(' ', D, M, Y);
  const figuresFirst = (D, M, Y) => join('', Y && `${Y}年`, M && `${M}月`, D && `${D}日`);
  const numbered = [...Array(12).keys()].map((n) => `${n + 1}`);
  const wordings = {
    'en-US': english,
    'en-CA': english,
    'en-GB': { ...english, months: { ...english.months, short: split('Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec') }, date: inTurn, day: (Y) => (Y ? ', ' : ' ') },
    'de-DE': {
      months: { long: split('Januar Februar März April Mai Juni Juli August September Oktober November Dezember'), short: split('Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez.'),
        alone: { short: split('Jan Feb Mär Apr Mai Jun Jul Aug Sep Okt Nov Dez') } },
      days: { long: split('Sonntag Montag Dienstag Mittwoch Donnerstag Freitag Samstag'), short: split('So. Mo. Di. Mi. Do. Fr. Sa.'), alone: split('So Mo Di Mi Do Fr Sa') },
      date: (D, M, Y) => join(' ', D && `${D}.`, M, Y),
      day: ', ', at: ' um ',
    },
    'fr-FR': {
      months: { long: split('janvier février mars avril mai juin juillet août septembre octobre novembre décembre'), short: split('janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.') },
      days: { long: split('dimanche lundi mardi mercredi jeudi vendredi samedi'), short: split('dim. lun. mar. mer. jeu. ven. sam.') },
      date: inTurn, day: ' ', at: ' à ',
    },
    'es-ES': {
      months: { long: split('enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre'), short: split('ene feb mar abr may jun jul ago sept oct nov dic') },
      days: { long: split('domingo lunes martes miércoles jueves viernes sábado'), short: split('dom lun mar mié jue vie sáb') },
      date: (D, M, Y, length) => join(length === 'long' ? ' de ' : ' ', D, M, Y),
      day: (Y, M) => (M ? ', ' : ' '), at: ' a las ',
    },
    'it-IT': {
      months: { long: split('gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre'), short: split('gen feb mar apr mag giu lug ago set ott nov dic') },
      days: { long: split('domenica lunedì martedì mercoledì giovedì venerdì sabato'), short: split('dom lun mar mer gio ven sab') },
      date: inTurn, day: ' ', at: ' alle ore ',
    },
    'sv-SE': {
      months: { long: split('januari februari mars april maj juni juli augusti september oktober november december'), short: split('jan. feb. mars apr. maj juni juli aug. sep. okt. nov. dec.') },
      days: { long: split('söndag måndag tisdag onsdag torsdag fredag lördag'), short: split('sön mån tis ons tors fre lör') },
      date: inTurn, day: (Y, M, figures) => (figures ? ', ' : ' '), at: ' kl. ',
    },
    'ja-JP': {
      months: { long: numbered, short: numbered },
      days: { long: split('日曜日 月曜日 火曜日 水曜日 木曜日 金曜日 土曜日'), short: split('(日) (月) (火) (水) (木) (金) (土)'), alone: [...'日月火水木金土'] },
      date: figuresFirst, day: 'behind', at: ' ', isFigured: true,
    },
    'zh-CN': {
      months: { long: numbered, short: numbered, alone: { long: split('一月 二月 三月 四月 五月 六月 七月 八月 九月 十月 十一月 十二月') } },
      days: { long: split('星期日 星期一 星期二 星期三 星期四 星期五 星期六'), short: split('周日 周一 周二 周三 周四 周五 周六') },
      date: figuresFirst, day: 'behind', at: ' ', isFigured: true,
    },
  };
  // What the styles of dates mean, where it is not one figure, two or a word for all.
  const shortDates = {
    'en-GB': ['numeric', '2-digit', '2-digit'], 'en-CA': ['numeric', '2-digit', '2-digit'], 'de-DE': ['2-digit', '2-digit', '2-digit'], 'fr-FR': ['numeric', '2-digit', '2-digit'],
    'sv-SE': ['numeric', '2-digit', '2-digit'], 'ja-JP': ['numeric', '2-digit', '2-digit'], 'zh-CN': ['numeric', 'numeric', 'numeric'],
  };
  const mediumDates = { 'de-DE': ['numeric', '2-digit', '2-digit'], 'ja-JP': ['numeric', '2-digit', '2-digit'] };
  class DateTimeFormat {
    #locale; #options;
    constructor(wanted, options = {}) {
      this.#locale = pick(wanted);
      const timeZone = options.timeZone === undefined ? localZone() : canonicalZone(`${options.timeZone}`);
      let { weekday, year, month, day, hour, minute, second, dateStyle, timeStyle } = options;
      if (dateStyle) {
        [year, month, day] = dateStyle === 'short' ? shortDates[this.#locale] ?? ['2-digit', 'numeric', 'numeric']
          : dateStyle === 'medium' ? mediumDates[this.#locale] ?? ['numeric', 'short', 'numeric'] : ['numeric', 'long', 'numeric'];
        if (dateStyle === 'full') weekday = 'long';
      }
      if (timeStyle) [hour, minute, second] = ['numeric', '2-digit', timeStyle === 'short' ? undefined : '2-digit'];
      if (!(weekday ?? year ?? month ?? day ?? hour ?? minute ?? second)) {
        const what = options.parts ?? 'date';
        if (what !== 'time') [year, month, day] = ['numeric', 'numeric', 'numeric'];
        if (what !== 'date') [hour, minute, second] = ['numeric', '2-digit', '2-digit'];
      }
      this.#options = { weekday, year, month, day, hour, minute, second, hour12: options.hour12, dateStyle, timeZone, zone: options.timeZoneName };
      if (options.timeZoneName && !['short', 'long', 'shortOffset', 'longOffset'].includes(options.timeZoneName)) {
        lacks(`the name of a time zone as "${options.timeZoneName}"`);
      }
      hidden(this, 'format', this.format.bind(this));
    }
    format(value = Date.now()) {
      const time = new Date(value).getTime();
      if (Number.isNaN(time)) throw new RangeError('Invalid time value');
      const { weekday, year, month, day, hour, minute, second, hour12, dateStyle, timeZone, zone } = this.#options;
      // Its fields in UTC are those of the time zone.
      const date = new Date(time - offsetAt(timeZone, time) * minuteMs);
      const [, pattern, clock] = /^(\S*?)(,? [hH])$/.exec(locales[this.#locale][3]);
      const wording = wordings[this.#locale];
      const spelled = month === 'long' || month === 'short';
      const words = spelled || weekday;
      const Y = year && (year === '2-digit' ? two(date.getUTCFullYear() % 100) : `${date.getUTCFullYear()}`);
      const D = day && (day === '2-digit' ? two(date.getUTCDate()) : `${date.getUTCDate()}`);
      let text;
      if (spelled || !month) {
        const isAlone = !D && !Y && !weekday;
        const { months } = wording;
        const M = spelled && ((isAlone && months.alone?.[month]) || months[month])[date.getUTCMonth()];
        text = isAlone ? M && `${M}${M === `${date.getUTCMonth() + 1}` ? '月' : ''}` : D && !Y && !M && !weekday && !wording.isFigured ? D : wording.date(D, M, Y, month);
      } else {
        const isAlone = !D && !Y;
        const M = month === '2-digit' || (pattern.includes('MM') && !isAlone) ? two(date.getUTCMonth() + 1) : `${date.getUTCMonth() + 1}`;
        const mark = pattern.replace(/[DMY]/g, '')[0];
        const day = D && pattern.includes('DD') ? D.padStart(2, '0') : D;
        text = pattern.split(mark).map((part) => ({ Y, M, D: day })[part[0]]).filter(Boolean).join(mark);
        if (isAlone && wording.isFigured) text += '月';
        if (D && !Y && mark === '.') text += mark;
      }
      if (weekday) {
        const { days } = wording;
        const name = ((!text && weekday !== 'long' && days.alone) || days[weekday === 'long' ? 'long' : 'short'])[date.getUTCDay()];
        const between = typeof wording.day === 'function' ? wording.day(Y, month, month && !spelled) : this.#locale.startsWith('en') && !month && D ? ' ' : wording.day;
        text = !text ? name : between === 'behind' ? text + name : `${name}${between}${text}`;
      }
      if (hour || minute || second) {
        const halves = hour12 ?? clock.endsWith('h');
        const hours = date.getUTCHours();
        const shown = halves ? `${hour === '2-digit' ? two(hours % 12 || 12) : hours % 12 || 12}` : /^(ja|es)/.test(this.#locale) && hour !== '2-digit' ? `${hours}` : two(hours);
        const lower = this.#locale === 'en-CA' ? ['a.m.', 'p.m.'] : this.#locale === 'en-GB' ? ['am', 'pm'] : ['AM', 'PM'];
        let clockTime = [hour && shown, (minute || second) && (hour || second ? two(date.getUTCMinutes()) : `${date.getUTCMinutes()}`), second && (minute || hour ? two(date.getUTCSeconds()) : `${date.getUTCSeconds()}`)]
          .filter(Boolean).join(':');
        if (halves && hour) clockTime += ` ${lower[hours < 12 ? 0 : 1]}`;
        const isLong = words && (dateStyle === 'long' || dateStyle === 'full' || (month === 'long' && !dateStyle));
        const joint = isLong ? (this.#locale === 'es-ES' && dateStyle === 'full' ? ', ' : wording.at) : clock.startsWith(',') || (words && !/^(sv|ja|zh)/.test(this.#locale)) ? ', ' : ' ';
        text = text ? text + joint + clockTime : clockTime;
      }
      if (!zone) return text;
      const offset = offsetAt(timeZone, time);
      const name = zone === 'short' ? shortZone(timeZone, time) : zone === 'long' ? longZone(timeZone, time)
        : inGmt(offset, zone === 'longOffset');
      return `${text} ${name}`;
    }
    resolvedOptions() { return { locale: this.#locale, calendar: 'gregory', numberingSystem: 'latn', timeZone: this.#options.timeZone }; }
  }
  class PluralRules {
    #ordinal;
    constructor(wanted, { type = 'cardinal' } = {}) {
      if (!pick(wanted).startsWith('en')) lacks('plural rules of other languages than English');
      this.#ordinal = type === 'ordinal';
    }
    select(number) {
      if (!this.#ordinal) return number === 1 ? 'one' : 'other';
      const [tens, hundreds] = [number % 10, number % 100];
      return tens === 1 && hundreds !== 11 ? 'one' : tens === 2 && hundreds !== 12 ? 'two' : tens === 3 && hundreds !== 13 ? 'few' : 'other';
    }
  }
  class ListFormat {
    #type;
    constructor(wanted, { type = 'conjunction' } = {}) {
      if (!pick(wanted).startsWith('en')) lacks('lists of other languages than English');
      this.#type = type === 'disjunction' ? 'or' : 'and';
    }
    format(list) {
      const items = [...list];
      if (items.length < 3) return items.join(` ${this.#type} `);
      return `${items.slice(0, -1).join(', ')}, ${this.#type} ${items.at(-1)}`;
    }
  }
  class RelativeTimeFormat {
    #isAuto;
    constructor(wanted, { numeric = 'always', style = 'long' } = {}) {
      if (!pick(wanted).startsWith('en')) lacks('relative times in other languages than English');
      if (style !== 'long') lacks(`relative times in the style "${style}"`);
      if (numeric !== 'always' && numeric !== 'auto') throw new RangeError(`Value ${numeric} out of range for Intl.RelativeTimeFormat options property numeric`);
      this.#isAuto = numeric === 'auto';
    }
    format(value, unit) {
      const number = Number(value);
      const name = `${unit}`.replace(/s$/, '');
      if (!['second', 'minute', 'hour', 'day', 'week', 'month', 'quarter', 'year'].includes(name)) {
        throw new RangeError(`Invalid unit argument for Intl.RelativeTimeFormat.prototype.format() '${unit}'`);
      }
      if (!Number.isFinite(number)) throw new RangeError('Value need to be finite number for Intl.RelativeTimeFormat.prototype.format()');
      if (this.#isAuto) {
        const said = { second: { 0: 'now' }, day: { '-1': 'yesterday', 0: 'today', 1: 'tomorrow' } }[name]
          ?? { ...(/minute|hour/.test(name) ? {} : { '-1': `last ${name}`, 1: `next ${name}` }), 0: `this ${name}` };
        if (Object.hasOwn(said, number)) return said[number];
      }
      const amount = `${new NumberFormat('en-US').format(Math.abs(number))} ${name}${Math.abs(number) === 1 ? '' : 's'}`;
      return number < 0 || Object.is(number, -0) ? `${amount} ago` : `in ${amount}`;
    }
  }
  // ---- the order of texts ----
  // Unicode's collation algorithm (UTS 10) in the order of CLDR's root: letters of Latin, Greek and Cyrillic, digits and ASCII as there, everything
  // else in the order of its code points within its class. A difference of letters counts more than one of accents, and that more than one of case.

  const CLASS = 1 << 22;
  const [WHITE, PUNCTUATION, SYMBOL, CURRENCY, DIGIT, LETTER] = [0, 1, 2, 3, 4, 5].map((rank) => rank * CLASS + 1);
  const OTHERS = 0x100;
  const latin = (letter, behind = 0) => LETTER + (letter.charCodeAt(0) - 97) * 4 + behind;
  const CYRILLIC = 'аәбвгғдђеєжзѕиійјкқлљмнњоөпрстћуүұфхһцчџшщъыьэюя';
  const primaries = new Map();
  [...'\t\n\v\f\r\x85\u2028\u2029 '].forEach((character, n) => primaries.set(character, WHITE + n));
  [..."_-‐‒–—―,;:!¡?¿.·'‘’‚‹›\"“”„«»()[]{}§¶@*/\\&#%‰†‡•‣′″"].forEach((character, n) => primaries.set(character, PUNCTUATION + n));
  [...'`^°©®←→+±÷×<=>¬|¦~'].forEach((character, n) => primaries.set(character, SYMBOL + n));
  [...'¤¢$£¥€₹₽₿'].forEach((character, n) => primaries.set(character, CURRENCY + n));
  [...'0123456789'].forEach((character, n) => primaries.set(character, DIGIT + n));
  [...'abcdefghijklmnopqrstuvwxyz'].forEach((character) => primaries.set(character, latin(character)));
  for (const [character, letter, behind] of [['ð', 'd', 1], ['ŋ', 'n', 1], ['ə', 'e', 1], ['ı', 'i', 1], ['ĸ', 'q', 1], ['þ', 'z', 3], ['ſ', 's', 0], ['ŉ', 'n', 0]]) {
    primaries.set(character, latin(letter, behind));
  }
  [...CYRILLIC].forEach((character, n) => primaries.set(character, LETTER + OTHERS + 0x400 + n));
  primaries.set('ς', LETTER + OTHERS + 'σ'.charCodeAt(0));
  // What is two letters, and letters whose stroke is an accent, with U+0338 in its place.
  const expansions = new Map([['ß', 'ss'], ['ẞ', 'SS'], ['æ', 'ae'], ['Æ', 'AE'], ['œ', 'oe'], ['Œ', 'OE'],
    ['ø', 'o\u0338'], ['Ø', 'O\u0338'], ['đ', 'd\u0335'], ['Đ', 'D\u0335'], ['ł', 'l\u0335'], ['Ł', 'L\u0335'], ['ħ', 'h\u0335'], ['Ħ', 'H\u0335'], ['ŧ', 't\u0335'], ['Ŧ', 'T\u0335'], ['ґ', 'г\u0335'], ['Ґ', 'Г\u0335']]);
  const ACCENTS = '\u0301\u0300\u0306\u0302\u030c\u030a\u0308\u030b\u0303\u0307\u0338\u0335\u0327\u0328\u0304';
  const ASCII = new Int32Array(128);
  for (const [character, primary] of primaries) {
    if (character < '\x80') ASCII[character.charCodeAt(0)] = primary;
    if (/[a-z]/.test(character)) ASCII[character.charCodeAt(0) - 32] = primary;
  }
  // The letter, accent and case of a character that cannot be taken apart any further.
  const weigh = (character) => {
    if (/\p{M}/u.test(character)) {
      const known = ACCENTS.indexOf(character);
      return [0, known < 0 ? ACCENTS.length + character.codePointAt(0) : known + 1, 0];
    }
    if (/[\p{Cc}\p{Cf}]/u.test(character) && !primaries.has(character)) return undefined;
    let small = character.toLowerCase();
    let degree = small === character ? 0 : 2;
    if (small >= 'ァ' && small <= 'ヶ') [small, degree] = [String.fromCharCode(small.charCodeAt(0) - 0x60), 1];
    const primary = primaries.get(small);
    if (primary) return [primary, 0, degree];
    const kind = /\p{Z}/u.test(small) ? WHITE : /\p{P}/u.test(small) ? PUNCTUATION : /\p{Sc}/u.test(small) ? CURRENCY : /\p{S}/u.test(small) ? SYMBOL
      : /\p{N}/u.test(small) ? DIGIT : LETTER;
    return [kind + OTHERS + small.codePointAt(0), 0, degree];
  };
  const WEIGHED_MAX = 4096;
  const weighed = new Map();
  // What a character is made of, as the locale sees it.
  const elementsOf = (character, tailored) => {
    const small = character.toLowerCase();
    const own = tailored?.get(small);
    if (own) return [[own, 0, small === character ? 0 : 2]];
    let elements = weighed.get(character);
    if (elements) return elements;
    const whole = small === 'й';
    const canonical = whole ? character : character.normalize('NFD');
    const parts = whole ? character : character.normalize('NFKD');
    elements = [];
    for (const part of parts) {
      for (const piece of expansions.get(part) ?? part) {
        const element = weigh(piece);
        if (element) elements.push(parts !== canonical || expansions.has(part) && element[0] && !/[øđłħŧґ]/i.test(part) ? [element[0], element[1], element[2] + 1] : element);
      }
    }
    if (weighed.size >= WEIGHED_MAX) weighed.clear();
    weighed.set(character, elements);
    return elements;
  };
  const keyOf = (text, { tailored, numeric, ignorePunctuation }) => {
    const elements = [];
    const normal = text.normalize('NFC');
    const add = (part) => {
      for (const character of part) {
        for (const element of elementsOf(character, tailored)) if (!ignorePunctuation || element[0] === 0 || element[0] >= SYMBOL) elements.push(element);
      }
    };
    if (!numeric) {
      add(normal);
      return elements;
    }
    for (const part of normal.split(/(\d+)/)) {
      if (!/^\d/.test(part)) {
        add(part);
        continue;
      }
      // Numbers by their length, then by their digits.
      const digits = part.replace(/^0+(?=\d)/, '');
      elements.push([DIGIT + digits.length, 0, 0]);
      for (const digit of digits) elements.push([DIGIT + OTHERS + Number(digit), 0, 0]);
    }
    return elements;
  };
  const compareLevel = (left, right, level, keep) => {
    const [one, other] = [left, right].map((elements) => elements.filter(keep));
    const length = Math.min(one.length, other.length);
    for (let n = 0; n < length; n++) if (one[n][level] !== other[n][level]) return one[n][level] < other[n][level] ? -1 : 1;
    return Math.sign(one.length - other.length);
  };
  const PLAIN = {};
  const compareByKeys = (one, other, options) => {
    const [left, right] = [keyOf(one, options), keyOf(other, options)];
    const isLetter = ([primary]) => primary !== 0;
    const { sensitivity = 'variant' } = options;
    return compareLevel(left, right, 0, isLetter)
      || (sensitivity === 'accent' || sensitivity === 'variant' ? compareLevel(left, right, 1, () => true) : 0)
      || (sensitivity === 'case' || sensitivity === 'variant' ? compareLevel(left, right, 2, isLetter) * (options.caseFirst === 'upper' ? -1 : 1) : 0);
  };
  // Most texts are ASCII: one pass, and nothing is made.
  const compareTexts = (one, other) => {
    const length = Math.min(one.length, other.length);
    let byCase = 0;
    for (let n = 0; n < length; n++) {
      const left = one.charCodeAt(n);
      const right = other.charCodeAt(n);
      if (left === right && left > 31 && left < 127) continue;
      if (left >= 128 || right >= 128) return compareByKeys(one, other, PLAIN);
      const first = ASCII[left];
      const second = ASCII[right];
      if (first !== second && first && second) {
        // No accent on either can change that.
        return first < second ? -1 : 1;
      }
      if (!first || !second) return compareByKeys(one, other, PLAIN);
      if (left !== right && !byCase) byCase = left > right ? -1 : 1;
    }
    if (one.length === other.length) return byCase;
    // An accent on the last letter is no further letter.
    const next = (one.length > other.length ? one : other).charCodeAt(length);
    if (next >= 128 || !ASCII[next]) return compareByKeys(one, other, PLAIN);
    return one.length > other.length ? 1 : -1;
  };
  const tailorings = {
    es: () => new Map([['ñ', latin('n', 2)]]),
    sv: () => new Map([['å', latin('z', 1)], ['ä', latin('z', 2)], ['æ', latin('z', 2)], ['ö', latin('z', 3)], ['ø', latin('z', 3)]]),
  };
  class Collator {
    #locale;
    #options;
    constructor(wanted, options = {}, owner = 'Intl.Collator') {
      // Every language has an order; of those that have one of their own, these are here.
      this.#locale = `${[wanted].flat()[0] ?? 'en-US'}`;
      if (!/^[a-z]{2,3}(-[a-z\d]{1,8})*$/i.test(this.#locale)) throw new RangeError(`Incorrect locale information provided`);
      const { usage = 'sort', sensitivity = 'variant', ignorePunctuation = false, numeric = false, caseFirst = 'false' } = options ?? {};
      for (const [name, value, values] of [['usage', usage, ['sort', 'search']], ['sensitivity', sensitivity, ['base', 'accent', 'case', 'variant']],
        ['caseFirst', `${caseFirst}`, ['upper', 'lower', 'false']]]) {
        if (!values.includes(value)) throw new RangeError(`Value ${value} out of range for ${owner} options property ${name}`);
      }
      this.#options = { usage, sensitivity, ignorePunctuation: Boolean(ignorePunctuation), numeric: Boolean(numeric), caseFirst: `${caseFirst}` };
      const tailored = tailorings[this.#locale.split('-')[0].toLowerCase()]?.();
      const plain = !tailored && sensitivity === 'variant' && !ignorePunctuation && !numeric && this.#options.caseFirst !== 'upper';
      const all = { ...this.#options, tailored };
      hidden(this, 'compare', plain ? (a, b) => compareTexts(`${a}`, `${b}`) : (a, b) => compareByKeys(`${a}`, `${b}`, all));
    }
    resolvedOptions() {
      const { usage, sensitivity, ignorePunctuation, numeric, caseFirst } = this.#options;
      return { locale: this.#locale, usage, sensitivity, ignorePunctuation, collation: 'default', numeric, caseFirst };
    }
  }
  hidden(String.prototype, 'localeCompare', {
    localeCompare(that) {
      if (this === null || this === undefined) throw new TypeError('String.prototype.localeCompare called on null or undefined');
      const [one, other] = [`${this}`, `${that}`];
      const [, wanted, options] = arguments;
      if (wanted === undefined && options === undefined) return compareTexts(one, other);
      return new Collator(wanted, options, 'String.prototype.localeCompare').compare(one, other);
    },
  }.localeCompare);
  const Intl = {};
  for (const [name, value] of Object.entries({ NumberFormat, DateTimeFormat, PluralRules, ListFormat, RelativeTimeFormat, Collator })) hidden(Intl, name, value);
  for (const name of ['DisplayNames', 'DurationFormat', 'Locale', 'Segmenter']) {
    hidden(Intl, name, class { constructor() { lacks(`Intl.${name}`); } });
  }
  hidden(Intl, 'getCanonicalLocales', (wanted) => [].concat(wanted ?? []));
  Object.defineProperty(Intl, Symbol.toStringTag, { value: 'Intl', configurable: true });
  hidden(globalThis, 'Intl', Intl);
  // Methods without parameters, as the standard has them.
  const { valueOf: numberOf } = Number.prototype;
  const { valueOf: bigIntOf } = BigInt.prototype;
  const { getTime } = Date.prototype;
  hidden(Number.prototype, 'toLocaleString', {
    toLocaleString() { return new NumberFormat(arguments[0], arguments[1]).format(numberOf.call(this)); },
  }.toLocaleString);
  hidden(BigInt.prototype, 'toLocaleString', {
    toLocaleString() { return new NumberFormat(arguments[0], arguments[1]).format(bigIntOf.call(this)); },
  }.toLocaleString);
  for (const [name, parts] of [['toLocaleString', 'both'], ['toLocaleDateString', 'date'], ['toLocaleTimeString', 'time']]) {
    hidden(Date.prototype, name, {
      [name]() {
        const time = getTime.call(this);
        return Number.isNaN(time) ? 'Invalid Date' : new DateTimeFormat(arguments[0], { parts, ...arguments[1] }).format(time);
      },
    }[name]);
  }
  return { localOffset: (time) => offsetAt(localZone(), time), localName: (time) => longZone(localZone(), time) };
});
