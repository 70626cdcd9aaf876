/** English, German, French, Spanish, Italian, Dutch, Portuguese and the Nordic languages, without accents. */
const MONTHS = [
  'january januar janner janvier enero gennaio januari janeiro',
  'february februar feber fevrier febrero febbraio februari fevereiro',
  'march marz maerz mrz mars marzo maart mrt marco marts',
  'april avril abril aprile',
  'may mai mayo maggio mei maio maj',
  'june juni juin junio giugno junho',
  'july juli juillet julio luglio julho',
  'august aout agosto augustus augusti',
  'september septembre septiembre settembre setembro',
  'october oktober octobre octubre ottobre outubro',
  'november novembre noviembre novembro',
  'december dezember decembre diciembre dicembre dezembro desember',
]

const WEEKDAYS =
  'monday montag lundi lunes lunedi maandag segunda mandag tuesday tisdag dienstag mardi martes martedi dinsdag terca tirsdag ' +
  'wednesday mittwoch mercredi miercoles mercoledi woensdag quarta onsdag thursday donnerstag jeudi jueves giovedi ' +
  'donderdag quinta torsdag friday freitag vendredi viernes venerdi vrijdag sexta fredag saturday samstag samedi ' +
  'sabado sabato zaterdag lordag sunday sonntag dimanche domingo domenica zondag sondag sonnabend'

/** Beginning of a name, of at least three letters -> months it can be. */
const BEGINNINGS = new Map<string, Set<number>>()
for (const [index, names] of MONTHS.entries()) {
  for (const beginning of names.split(' ').flatMap((name) => beginnings(name, 3))) {
    const months = BEGINNINGS.get(beginning) ?? new Set()
    BEGINNINGS.set(beginning, months.add(index + 1))
  }
}
const DAYS = new Set(WEEKDAYS.split(' ').flatMap((name) => beginnings(name, 2)))

function beginnings(name: string, shortest: number): string[] {
  return Array.from({ length: name.length - shortest + 1 }, (_, more) => name.slice(0, shortest + more))
}

function plainLetters(word: string): string {
  return word
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .replaceAll('ø', 'o')
    .toLowerCase()
}

/** The month (1 to 12) that a word names, in full or shortened to where it is still one month only. */
export function monthOf(word: string): number | undefined {
  const months = BEGINNINGS.get(plainLetters(word))
  return months?.size === 1 ? [...months][0] : undefined
}

export function isWeekday(word: string): boolean {
  return DAYS.has(plainLetters(word))
}
