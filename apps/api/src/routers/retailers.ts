import {
  checkRetailerChanges,
  checkRetailerRemoval,
  createRetailer,
  deleteRetailer,
  EntryById,
  EntryFilter,
  EntryRemoval,
  getRetailer,
  listRetailers,
  NewRetailer,
  Retailer,
  RetailerChanges,
  RetailerList,
  updateRetailer,
} from '@spends/core'
import { z } from 'zod'
import { read, router, write } from '../trpc.ts'

const tags = ['Retailers'] as const

export const retailers = router({
  list: read
    .meta({
      openapi: {
        method: 'GET',
        path: '/retailers',
        operation_id: 'listRetailers',
        summary: 'List retailers',
        description: 'By name, all at once unless `limit` is given, with how many purchases each has.',
        tags,
        conditional: true,
      },
    })
    .input(EntryFilter.prefault({}))
    .output(RetailerList)
    .query(({ ctx, input }) => listRetailers(ctx, input)),

  get: read
    .meta({
      openapi: {
        method: 'GET',
        path: '/retailers/{id}',
        operation_id: 'getRetailer',
        summary: 'Read a retailer',
        tags,
      },
    })
    .input(EntryById)
    .output(Retailer)
    .query(({ ctx, input }) => getRetailer(ctx, input)),

  create: write
    .meta({
      openapi: {
        method: 'POST',
        path: '/retailers',
        operation_id: 'createRetailer',
        summary: 'Create a retailer',
        tags,
        status: 201,
        errors: ['CONFLICT'],
        location: (retailer) => `/retailers/${retailer.id}`,
      },
    })
    .input(NewRetailer)
    .output(Retailer)
    .mutation(({ ctx, input }) => createRetailer(ctx, input)),

  update: write
    .meta({
      openapi: {
        method: 'PUT',
        path: '/retailers/{id}',
        operation_id: 'updateRetailer',
        summary: 'Change a retailer',
        tags,
        errors: ['CONFLICT'],
        alsoCheck: checkRetailerChanges,
      },
    })
    .input(RetailerChanges)
    .output(Retailer)
    .mutation(({ ctx, input }) => updateRetailer(ctx, input)),

  delete: write
    .meta({
      openapi: {
        method: 'DELETE',
        path: '/retailers/{id}',
        operation_id: 'deleteRetailer',
        summary: 'Delete a retailer',
        description: 'One that purchases use stays, unless `reassign_to` names another one to move them to.',
        tags,
        status: 204,
        errors: ['CONFLICT'],
        alsoCheck: checkRetailerRemoval,
      },
    })
    .input(EntryRemoval)
    .output(z.void())
    .mutation(({ ctx, input }) => deleteRetailer(ctx, input)),
})
