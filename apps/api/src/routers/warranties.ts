import {
  checkNewWarranty,
  checkWarrantyChanges,
  createWarranty,
  deleteWarranty,
  ExpiringFilter,
  getWarranty,
  listExpiringWarranties,
  listWarranties,
  NewWarranty,
  updateWarranty,
  Warranty,
  WarrantyById,
  WarrantyChanges,
  WarrantyFilter,
  WarrantyList,
  WarrantyRemoval,
} from '@spends/core'
import { z } from 'zod'
import { etagOfVersion } from '../rest/etag.ts'
import { read, router, write } from '../trpc.ts'

const tags = ['Warranties'] as const

export const warranties = router({
  list: read
    .meta({
      openapi: {
        method: 'GET',
        path: '/warranties',
        operation_id: 'listWarranties',
        summary: 'List warranties',
        description: 'Filters combine with AND; a repeated parameter is OR.',
        tags,
        conditional: true,
      },
    })
    .input(WarrantyFilter.prefault({}))
    .output(WarrantyList)
    .query(({ ctx, input }) => listWarranties(ctx, input)),

  expiring: read
    .meta({
      openapi: {
        method: 'GET',
        path: '/warranties/expiring',
        operation_id: 'listExpiringWarranties',
        summary: 'List warranties that end soon',
        description: 'In force, and end from today to today + `days`; soonest first.',
        tags,
        conditional: true,
      },
    })
    .input(ExpiringFilter.prefault({}))
    .output(WarrantyList)
    .query(({ ctx, input }) => listExpiringWarranties(ctx, input)),

  get: read
    .meta({
      openapi: {
        method: 'GET',
        path: '/warranties/{id}',
        operation_id: 'getWarranty',
        summary: 'Read a warranty',
        tags,
        etag: etagOfVersion,
      },
    })
    .input(WarrantyById)
    .output(Warranty)
    .query(({ ctx, input }) => getWarranty(ctx, input)),

  create: write
    .meta({
      openapi: {
        method: 'POST',
        path: '/warranties',
        operation_id: 'createWarranty',
        summary: 'Give a purchase its warranty',
        description: 'A purchase has at most one.',
        tags,
        status: 201,
        errors: ['CONFLICT'],
        location: (warranty) => `/warranties/${warranty.id}`,
        etag: etagOfVersion,
        alsoCheck: checkNewWarranty,
      },
    })
    .input(NewWarranty)
    .output(Warranty)
    .mutation(({ ctx, input }) => createWarranty(ctx, input)),

  update: write
    .meta({
      openapi: {
        method: 'PUT',
        path: '/warranties/{id}',
        operation_id: 'updateWarranty',
        summary: 'Change a warranty',
        description:
          'Only the fields sent change; `null` clears. `status: "VOIDED"` voids, `"ACTIVE"` takes that back.',
        tags,
        etag: etagOfVersion,
        alsoCheck: checkWarrantyChanges,
      },
    })
    .input(WarrantyChanges)
    .output(Warranty)
    .mutation(({ ctx, input }) => updateWarranty(ctx, input)),

  delete: write
    .meta({
      openapi: {
        method: 'DELETE',
        path: '/warranties/{id}',
        operation_id: 'deleteWarranty',
        summary: 'Delete a warranty',
        description: 'The purchase stays.',
        tags,
        status: 204,
      },
    })
    .input(WarrantyRemoval)
    .output(z.void())
    .mutation(({ ctx, input }) => deleteWarranty(ctx, input)),
})
