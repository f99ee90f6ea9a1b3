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
  const lacks = (what) => { throw new RangeError(`Intl: ${what} is not in this build of the JavaScript guest`); };
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

  const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
  const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
  class DateTimeFormat {
    #locale; #options;
    constructor(wanted, options = {}) {
      this.#locale = pick(wanted);
      const timeZone = options.timeZone === undefined ? localZone() : canonicalZone(`${options.timeZone}`);
      let { weekday, year, month, day, hour, minute, second, dateStyle, timeStyle } = options;
      if (dateStyle) {
        [year, month, day] = dateStyle === 'short' ? ['2-digit', 'numeric', 'numeric'] : ['numeric', dateStyle === 'medium' ? 'short' : 'long', 'numeric'];
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
      const words = month === 'long' || month === 'short' || weekday;
      if (words && this.#locale !== 'en-US') lacks(`the names of months and days in ${this.#locale}`);
      const Y = year && (year === '2-digit' ? two(date.getUTCFullYear() % 100) : `${date.getUTCFullYear()}`);
      const D = day && (day === '2-digit' || pattern.includes('DD') ? two(date.getUTCDate()) : `${date.getUTCDate()}`);
      let text;
      if (words) {
        const name = month && (month === 'long' ? months[date.getUTCMonth()] : month === 'short' ? months[date.getUTCMonth()].slice(0, 3)
          : month === '2-digit' ? two(date.getUTCMonth() + 1) : `${date.getUTCMonth() + 1}`);
        const name2 = weekday && (weekday === 'long' ? days[date.getUTCDay()] : days[date.getUTCDay()].slice(0, 3));
        const figures = month === 'numeric' || month === '2-digit';
        const rest = figures ? [name, D, Y].filter(Boolean).join('/') : [[name, D].filter(Boolean).join(' '), Y].filter(Boolean).join(D ? ', ' : ' ');
        text = [name2, rest].filter(Boolean).join(', ');
      } else {
        const M = month && (month === '2-digit' || pattern.includes('MM') ? two(date.getUTCMonth() + 1) : `${date.getUTCMonth() + 1}`);
        const mark = pattern.replace(/[DMY]/g, '')[0];
        text = pattern.split(mark).map((part) => ({ Y, M, D })[part[0]]).filter(Boolean).join(mark);
      }
      if (hour || minute || second) {
        const halves = hour12 ?? clock.endsWith('h');
        const hours = date.getUTCHours();
        const shown = halves ? `${hour === '2-digit' ? two(hours % 12 || 12) : hours % 12 || 12}` : this.#locale === 'ja-JP' && hour !== '2-digit' ? `${hours}` : two(hours);
        const lower = this.#locale === 'en-CA' ? ['a.m.', 'p.m.'] : this.#locale === 'en-GB' ? ['am', 'pm'] : ['AM', 'PM'];
        let clockTime = [hour && shown, (minute || second) && (hour || second ? two(date.getUTCMinutes()) : `${date.getUTCMinutes()}`), second && (minute || hour ? two(date.getUTCSeconds()) : `${date.getUTCSeconds()}`)]
          .filter(Boolean).join(':');
        if (halves && hour) clockTime += ` ${lower[hours < 12 ? 0 : 1]}`;
        const joint = words && (dateStyle === 'long' || dateStyle === 'full' || (month === 'long' && !dateStyle)) ? ' at ' : clock.startsWith(',') || words ? ', ' : ' ';
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
  class Collator {
    #options;
    constructor(wanted, options = {}) { pick(wanted); this.#options = options; hidden(this, 'compare', this.compare.bind(this)); }
    compare(a, b) {
      const [left, right] = [`${a}`, `${b}`];
      if (this.#options.numeric && /^\d+$/.test(left) && /^\d+$/.test(right)) return Math.sign(left - right);
      return left.localeCompare(right);
    }
  }
  const Intl = {};
  for (const [name, value] of Object.entries({ NumberFormat, DateTimeFormat, PluralRules, ListFormat, Collator })) hidden(Intl, name, value);
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
