import { z } from 'zod'
import type { Context } from '../context.ts'
import { type EntryFilter, wholeListOf } from '../directory.ts'
import { compareKeys, searchKey, sortKey } from '../text.ts'

export const TagCount = z
  .object({
    tag: z.string().meta({ description: 'As it is written most often.', examples: ['home office'] }),
    purchase_count: z.int(),
  })
  .meta({ id: 'TagCount' })
type TagCount = z.infer<typeof TagCount>

export const TagList = wholeListOf(TagCount).meta({ id: 'TagList' })

/**
 * The tags that purchases have, each once whatever its case, with how many purchases have it: the most used first,
 * then by name. All at once unless `limit` is given.
 */
export async function listTags(ctx: Context, filter: z.output<typeof EntryFilter>): Promise<z.infer<typeof TagList>> {
  const spellings = await ctx.db
    .selectFrom('purchase_tags')
    .select(['tag_key', 'tag'])
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .groupBy(['tag_key', 'tag'])
    .execute()
  const tags = new Map<string, TagCount & { most: number }>()
  for (const { tag_key, tag, count } of spellings) {
    const known = tags.get(tag_key) ?? { tag, purchase_count: 0, most: 0 }
    const wins = count > known.most || (count === known.most && compareKeys(tag, known.tag) < 0)
    tags.set(tag_key, {
      ...(wins ? { tag, most: count } : known),
      purchase_count: known.purchase_count + count,
    })
  }
  const needle = searchKey(filter.search ?? '')
  const matching = [...tags]
    .filter(([, { tag }]) => searchKey(tag).includes(needle))
    .map(([key, { tag, purchase_count }]) => ({ key, name: sortKey(tag), item: { tag, purchase_count } }))
    .sort(
      (a, b) =>
        b.item.purchase_count - a.item.purchase_count || compareKeys(a.name, b.name) || compareKeys(a.key, b.key),
    )
  const { skip, limit = null } = filter
  const page = matching.slice(skip, limit === null ? undefined : skip + limit)
  return { items: page.map(({ item }) => item), total: matching.length, skip, limit }
}
