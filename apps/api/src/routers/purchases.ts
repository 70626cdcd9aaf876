import {
  checkNewPurchase,
  checkPurchaseChanges,
  createPurchase,
  deletePurchase,
  EntryFilter,
  getPurchase,
  listPurchases,
  listTags,
  NewPurchase,
  PurchaseById,
  PurchaseChanges,
  PurchaseDetails,
  PurchaseFilter,
  PurchaseList,
  PurchaseRemoval,
  TagList,
  updatePurchase,
} from '@spends/core'
import { z } from 'zod'
import { etagOfVersion } from '../rest/etag.ts'
import { read, router, write } from '../trpc.ts'

const tags = ['Purchases'] as const

export const purchases = router({
  list: read
    .meta({
      openapi: {
        method: 'GET',
        path: '/purchases',
        operation_id: 'listPurchases',
        summary: 'List purchases',
        description: 'Filters combine with AND; a repeated parameter is OR.',
        tags,
        conditional: true,
      },
    })
    .input(PurchaseFilter.prefault({}))
    .output(PurchaseList)
    .query(({ ctx, input }) => listPurchases(ctx, input)),

  get: read
    .meta({
      openapi: {
        method: 'GET',
        path: '/purchases/{id}',
        operation_id: 'getPurchase',
        summary: 'Read a purchase',
        description: 'With its warranty and attachments.',
        tags,
        etag: etagOfVersion,
      },
    })
    .input(PurchaseById)
    .output(PurchaseDetails)
    .query(({ ctx, input }) => getPurchase(ctx, input)),

  tags: read
    .meta({
      openapi: {
        method: 'GET',
        path: '/tags',
        operation_id: 'listTags',
        summary: 'List the tags that purchases have',
        description: 'The most used first, all at once unless `limit` is given, with how many purchases each has.',
        tags,
        conditional: true,
      },
    })
    .input(EntryFilter.prefault({}))
    .output(TagList)
    .query(({ ctx, input }) => listTags(ctx, input)),

  create: write
    .meta({
      openapi: {
        method: 'POST',
        path: '/purchases',
        operation_id: 'createPurchase',
        summary: 'Record a purchase',
        description: 'With `warranty`, both are made or neither.',
        tags,
        status: 201,
        errors: ['CONFLICT'],
        location: (purchase) => `/purchases/${purchase.id}`,
        etag: etagOfVersion,
        alsoCheck: checkNewPurchase,
      },
    })
    .input(NewPurchase)
    .output(PurchaseDetails)
    .mutation(({ ctx, input }) => createPurchase(ctx, input)),

  update: write
    .meta({
      openapi: {
        method: 'PUT',
        path: '/purchases/{id}',
        operation_id: 'updatePurchase',
        summary: 'Change a purchase',
        description: 'Only the fields sent change; `null` clears; `warranty: null` removes the warranty.',
        tags,
        errors: ['CONFLICT'],
        etag: etagOfVersion,
        alsoCheck: checkPurchaseChanges,
      },
    })
    .input(PurchaseChanges)
    .output(PurchaseDetails)
    .mutation(({ ctx, input }) => updatePurchase(ctx, input)),

  delete: write
    .meta({
      openapi: {
        method: 'DELETE',
        path: '/purchases/{id}',
        operation_id: 'deletePurchase',
        summary: 'Delete a purchase',
        description: 'Its warranty and attachments go with it.',
        tags,
        status: 204,
      },
    })
    .input(PurchaseRemoval)
    .output(z.void())
    .mutation(({ ctx, input }) => deletePurchase(ctx, input)),
})
