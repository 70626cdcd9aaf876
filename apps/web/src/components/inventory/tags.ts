import { t } from '../../lib/messages.ts'
import { type Combobox, combobox } from '../combobox.ts'
import { findTags } from './filters.ts'

const MAX_TAGS = 50
const MAX_LENGTH = 50

/** Tags that are written one after the other, with those in use as suggestions. */
export interface TagField {
  box: Combobox
  remove(tag: string): void
  removeLabel(tag: string): string
}

/** @param read gives the tags there are @param write takes those there shall be */
export function tagField(read: () => readonly string[], write: (tags: string[]) => void): TagField {
  const box = combobox({
    find: async (words, signal) => {
      const found = await findTags(words, signal)
      return found.filter(({ name }) => !hasTag(read(), name))
    },
    // A tag is there as soon as a purchase has it.
    create: async (name) => ({ id: name, name }),
    onChoose(option) {
      if (!option || hasTag(read(), option.name)) return
      write([...read(), option.name])
    },
    refuse(name) {
      if (name.includes(';') || [...name].length > MAX_LENGTH) return t('inventory.tag_problem')
      return read().length >= MAX_TAGS ? t('inventory.tag_many') : ''
    },
    onErase: () => write(read().slice(0, -1)),
    isForMany: true,
  })
  return {
    box,
    remove(tag) {
      write(read().filter((one) => one !== tag))
    },
    removeLabel(tag) {
      return t('inventory.tag_remove', { tag })
    },
  }
}

function hasTag(tags: readonly string[], tag: string): boolean {
  return tags.some((one) => one.toLocaleLowerCase() === tag.toLocaleLowerCase())
}
