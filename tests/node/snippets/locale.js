//// numbers
for (const n of [0, 1234.5678, -1234567.891, 0.1, 1e21, 1e-7, 1.005, NaN, Infinity, 999.9995, 123456789n]) console.log(n.toLocaleString());
//// number options
console.log((1.005).toLocaleString('en-US', { maximumFractionDigits: 2 }), (5).toLocaleString('en-US', { minimumFractionDigits: 2 }), (0.256).toLocaleString('en-US', { style: 'percent' }), (1234.5).toLocaleString('en-US', { useGrouping: false }), (7).toLocaleString('en-US', { minimumIntegerDigits: 2 }));
//// currencies
console.log(new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' }).format(1234.5), (-5).toLocaleString('en-US', { style: 'currency', currency: 'EUR' }), (1234.5).toLocaleString('de-DE', { style: 'currency', currency: 'EUR' }), (9999).toLocaleString('ja-JP', { style: 'currency', currency: 'JPY' }), (1e6).toLocaleString('en-GB', { style: 'currency', currency: 'GBP', maximumFractionDigits: 0 }));
//// locales
for (const l of ['en-US', 'en-GB', 'de-DE', 'fr-FR', 'es-ES', 'it-IT', 'sv-SE', 'ja-JP', 'zh-CN']) console.log(l, (1234567.891).toLocaleString(l), (1234.5).toLocaleString(l), (0.5).toLocaleString(l, { style: 'percent' }));
//// compact
const f = new Intl.NumberFormat('en', { notation: 'compact' }); console.log([5, 999, 1234, 12345, 123456, 1234567, 9.87e9].map(f.format));
//// dates
const d = new Date(Date.UTC(2024, 0, 5, 15, 4, 9)); console.log(d.toLocaleString(), d.toLocaleDateString(), d.toLocaleTimeString(), new Date(0).toLocaleTimeString());
//// dates of locales
const d = new Date(Date.UTC(2024, 0, 5, 15, 4, 9)); for (const l of ['en-US', 'en-GB', 'en-CA', 'de-DE', 'fr-FR', 'es-ES', 'it-IT', 'sv-SE', 'zh-CN']) console.log(l, d.toLocaleDateString(l), d.toLocaleTimeString(l), d.toLocaleString(l));
//// date options
const d = new Date(Date.UTC(2024, 0, 5, 15, 4, 9)); const s = (o) => console.log(d.toLocaleDateString('en-US', o)); s({ weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' }); s({ month: 'short', day: 'numeric' }); s({ year: 'numeric', month: 'long' }); s({ year: 'numeric', month: '2-digit', day: '2-digit' }); s({ weekday: 'short' }); s({ month: 'long' }); s({ dateStyle: 'medium' }); s({ dateStyle: 'full' }); s({ dateStyle: 'short' });
//// times
const d = new Date(Date.UTC(2024, 0, 5, 15, 4, 9)); console.log(d.toLocaleTimeString('en-US', { hour: '2-digit', minute: '2-digit' }), d.toLocaleTimeString('en-US', { hour12: false }), d.toLocaleTimeString([], { timeStyle: 'short' }), d.toLocaleString('en-US', { dateStyle: 'medium', timeStyle: 'short' }), d.toLocaleString('en-US', { timeZone: 'UTC' }));
//// plurals, lists, collation
console.log(['one', 'two', 'few', 'other'].length, [1, 2, 3, 4, 11, 21].map((n) => new Intl.PluralRules('en-US', { type: 'ordinal' }).select(n)), new Intl.PluralRules('en').select(1), new Intl.ListFormat('en', { type: 'conjunction' }).format(['a', 'b', 'c']), new Intl.ListFormat('en').format(['a', 'b']), ['10', '2', '1'].sort(new Intl.Collator('en', { numeric: true }).compare));
//// time zones
const d = new Date(Date.UTC(2024, 6, 3, 9, 46, 40)); for (const timeZone of ['America/New_York', 'Europe/Berlin', 'Asia/Kolkata', 'Asia/Tokyo', 'Australia/Sydney', 'America/Los_Angeles', 'UTC']) console.log(d.toLocaleString('en-US', { timeZone }), d.toLocaleTimeString('en-US', { timeZone, timeZoneName: 'short' }), d.toLocaleDateString('de-DE', { timeZone }));
//// time zones in winter and later
for (const d of [Date.UTC(2024, 0, 15, 12), Date.UTC(1985, 6, 1), Date.UTC(2035, 6, 1), Date.UTC(2035, 0, 1)]) for (const timeZone of ['America/New_York', 'Europe/London']) console.log(new Date(d).toLocaleString('en-US', { timeZone, timeZoneName: 'longOffset' }));
//// an unknown time zone
try { new Date().toLocaleString('en-US', { timeZone: 'Mars/Olympus' }); } catch (e) { console.log(e.name, e.message); }
//// the local time zone
process.env.TZ = 'America/New_York'; for (const d of [new Date(2024, 2, 10, 2, 30), new Date(2024, 10, 3, 1, 30), new Date(2024, 6, 4), new Date('2024-01-01T00:00:00')]) console.log(d.toString(), d.toISOString(), d.getTimezoneOffset(), d.getHours()); console.log(new Date(0).toString(), new Intl.DateTimeFormat().resolvedOptions().timeZone);
//// the local time zone is UTC
console.log(new Date(0).toString(), new Date(0).getTimezoneOffset(), new Date(2020, 0, 1).toTimeString());
//// dates in words of locales
const d = new Date(Date.UTC(2012, 11, 20, 3, 0, 0)); for (const l of ['en-US', 'en-GB', 'en-CA', 'de-DE', 'fr-FR', 'es-ES', 'it-IT', 'sv-SE', 'ja-JP', 'zh-CN']) for (const o of [{ weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' }, { month: 'short', day: 'numeric' }, { year: 'numeric', month: 'long' }, { month: 'long' }, { weekday: 'short' }, { dateStyle: 'full' }, { dateStyle: 'medium' }, { dateStyle: 'short' }]) console.log(l, d.toLocaleDateString(l, o), '|', d.toLocaleString(l, { dateStyle: 'long', timeStyle: 'medium', timeZone: 'UTC' }).replace(/\u202f/g, ' '));
//// localeCompare
console.log(['b', 'A', 'a', 'B', 'Z', 'z', 'ä', 'Äpfel', 'zebra', 'apple', 'Éclair', '_x', '1', '10', '9', '-', ' ', 'a b', 'ab', 'a-b', 'Straße', 'Strasse', 'résumé', 'resume', 'Resume', 'œuvre', 'ñ', 'ø', 'я', 'Ёж', 'еж', 'α', 'かな', '漢字', '😀'].sort((x, y) => x.localeCompare(y)).join('|')); console.log('a'.localeCompare('b'), 'b'.localeCompare('a'), 'a'.localeCompare('a'), 'a'.localeCompare('A'), 'réservé'.localeCompare('RESERVE'), 'e\u0301'.localeCompare('é'), ''.localeCompare('a'), 'null'.localeCompare(null));
//// localeCompare with options
console.log('a'.localeCompare('A', undefined, { sensitivity: 'base' }), 'a'.localeCompare('á', 'en', { sensitivity: 'base' }), 'a'.localeCompare('á', 'en', { sensitivity: 'accent' }), 'a'.localeCompare('A', 'en', { sensitivity: 'accent' }), 'a'.localeCompare('A', 'en', { sensitivity: 'case' }), 'ä'.localeCompare('z', 'de'), 'ä'.localeCompare('z', 'sv'), 'ñ'.localeCompare('o', 'es'), 'item 2'.localeCompare('item 10', undefined, { numeric: true }), '02'.localeCompare('2', undefined, { numeric: true }), 'a'.localeCompare('b', 'pt-BR')); try { 'a'.localeCompare('b', 'x_y'); } catch (e) { console.log(e.name); } try { 'a'.localeCompare('b', 'en', { sensitivity: 'none' }); } catch (e) { console.log(e.name, e.message); }
//// collators
const sorted = (l, o) => console.log(['z10', 'z9', 'Z1', 'b', 'ö', 'o', 'Ä', 'a', 'a-c', 'ab', 'å', 'n', 'ñ'].sort(new Intl.Collator(l, o).compare).join(' ')); sorted(); sorted('de', { numeric: true }); sorted('sv'); sorted('es', { caseFirst: 'upper' }); sorted('en', { ignorePunctuation: true }); sorted('fr', { sensitivity: 'base' }); console.log(new Intl.Collator('de', { numeric: true }).resolvedOptions());
//// Intl.RelativeTimeFormat in English
const auto = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const plain = new Intl.RelativeTimeFormat('en-GB');
for (const unit of ['second', 'minutes', 'hour', 'days', 'week', 'month', 'quarter', 'year']) {
  console.log(...[-12345, -2, -1, -0, 0, 1, 2, 1.5].map((n) => `${auto.format(n, unit)} / ${plain.format(n, unit)}`));
}
for (const call of [() => plain.format(1, 'decade'), () => plain.format(NaN, 'day'), () => new Intl.RelativeTimeFormat('en', { numeric: 'never' })]) {
  try { call(); } catch (error) { console.log(error.name, error.message); }
}
//// functions of the standard show as native code
console.log(Number.prototype.toLocaleString.toString(), String.prototype.localeCompare.toString().replace(/\s+/g, ' '));
try { String.prototype.localeCompare.call(undefined, 'a'); } catch (error) { console.log(error.name, error.message); }
