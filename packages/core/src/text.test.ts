import { describe, expect, it } from 'vitest'
import { foldCase, joinSearchKeys, searchKey, sortKey } from './text.ts'

/** Every character of Unicode that has another form: upper, lower, decomposed, wide, ... */
function* characters(): Generator<string> {
  for (let code = 0; code <= 0x10ffff; code += 1) {
    const character = String.fromCodePoint(code)
    if (/[\p{Changes_When_Casemapped}\p{Changes_When_NFKC_Casefolded}]/u.test(character)) yield character
  }
}

describe('folding', () => {
  it.each([
    ['ÄPFEL', 'äpfel'],
    ['STRASSE', 'straße'],
    ['STRAẞE', 'straße'],
    ['ИВАН ЁЛКИН', 'иван ёлкин'],
    ['ΟΔΥΣΣΕΥΣ', 'Οδυσσευς'],
    ['οδυσσευς', 'οδυσσευσ'],
    ['ΌΛΟΣ ΣΑΣ', 'όλος σας'],
    ['İSTANBUL', 'istanbul'],
    ['ISPARTA', 'ısparta'],
    ['DİYARBAKIR', 'diyarbakır'],
    ['ՀԱՅԵՐԵՆ', 'հայերեն'],
    ['ᲥᲐᲠᲗᲣᲚᲘ', 'ქართული'],
    ['CAFÉ', 'cafe\u0301'],
    ['A\u030Angström', 'ångström'],
    ['\u212Bngström', 'ångström'],
    ['Ἀθήνα', 'ἀθήνα'],
    ['𐐀', '𐐨'],
  ])('%s and %s are the same', (a, b) => {
    expect(foldCase(a)).toBe(foldCase(b))
    expect(searchKey(a)).toBe(searchKey(b))
  })

  it.each([
    ['cafe', 'café'],
    ['ё', 'е'],
    ['o', 'ø'],
    ['и', 'й'],
    ['ά', 'α'],
  ])('%s and %s are different', (a, b) => {
    expect(foldCase(a)).not.toBe(foldCase(b))
    expect(searchKey(a)).not.toBe(searchKey(b))
  })

  it('forgets the case and the composition of every character that has a case', () => {
    const wrong: string[] = []
    for (const fold of [foldCase, searchKey]) {
      for (const character of characters()) {
        const folded = fold(character)
        const same = [character.toUpperCase(), character.toLowerCase(), character.normalize('NFD'), folded]
        if (same.some((other) => fold(other) !== folded)) wrong.push(character)
      }
    }
    expect(wrong).toEqual([])
  })
})

describe('search', () => {
  it.each([
    ['ＦＵＬＬ　ＷＩＤＴＨ', 'full width'],
    ['ﾃﾚﾋﾞ', 'テレビ'],
    ['ﬁlter', 'filter'],
    ['①', '1'],
    ['µF', 'μf'],
  ])('sees %s as %s', (text, plain) => {
    expect(searchKey(text)).toBe(searchKey(plain))
  })

  it('finds no text across two fields', () => {
    const joined = joinSearchKeys(['Lamp', null, 'Shade', ''])
    expect(joined).toContain('lamp')
    expect(joined).toContain('shade')
    for (const needle of ['lampshade', 'lamp shade', 'pshade', 'lamp\nshade']) expect(joined).not.toContain(needle)
  })
})

describe('the order of texts', () => {
  it('disregards case, accents and width', () => {
    const names = ['zebra', 'Äpfel', 'apfel', 'Ｂanane', 'Čaj', 'cent', 'Zürich', 'éclair', 'İzmir', 'ılgaz', 'iz']
    const sorted = [...names].sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : sortKey(a) > sortKey(b) ? 1 : 0))
    expect(sorted).toEqual([
      'Äpfel',
      'apfel',
      'Ｂanane',
      'Čaj',
      'cent',
      'éclair',
      'ılgaz',
      'iz',
      'İzmir',
      'zebra',
      'Zürich',
    ])
    expect(sortKey('Äpfel')).toBe(sortKey('apfel'))
  })

  it('has a key for every text', () => {
    for (const text of ['\u0301', '🏊', '  a ', '中文']) expect(sortKey(text)).toBe(sortKey(sortKey(text)))
    expect(sortKey('\u0301a')).toBe('a')
  })
})
