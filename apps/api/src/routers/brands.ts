import {
  Brand,
  BrandChanges,
  BrandList,
  checkBrandChanges,
  checkBrandRemoval,
  createBrand,
  deleteBrand,
  EntryById,
  EntryFilter,
  EntryRemoval,
  getBrand,
  listBrands,
  NewBrand,
  updateBrand,
} from '@spends/core'
import { z } from 'zod'
import { read, router, write } from '../trpc.ts'

const tags = ['Brands'] as const

export const brands = router({
  list: read
    .meta({
      openapi: {
        method: 'GET',
        path: '/brands',
        operation_id: 'listBrands',
        summary: 'List brands',
        description: 'By name, all at once unless `limit` is given, with how many purchases each has.',
        tags,
        conditional: true,
      },
    })
    .input(EntryFilter.prefault({}))
    .output(BrandList)
    .query(({ ctx, input }) => listBrands(ctx, input)),

  get: read
    .meta({
      openapi: {
        method: 'GET',
        path: '/brands/{id}',
        operation_id: 'getBrand',
        summary: 'Read a brand',
        tags,
      },
    })
    .input(EntryById)
    .output(Brand)
    .query(({ ctx, input }) => getBrand(ctx, input)),

  create: write
    .meta({
      openapi: {
        method: 'POST',
        path: '/brands',
        operation_id: 'createBrand',
        summary: 'Create a brand',
        tags,
        status: 201,
        errors: ['CONFLICT'],
        location: (brand) => `/brands/${brand.id}`,
      },
    })
    .input(NewBrand)
    .output(Brand)
    .mutation(({ ctx, input }) => createBrand(ctx, input)),

  update: write
    .meta({
      openapi: {
        method: 'PUT',
        path: '/brands/{id}',
        operation_id: 'updateBrand',
        summary: 'Change a brand',
        tags,
        errors: ['CONFLICT'],
        alsoCheck: checkBrandChanges,
      },
    })
    .input(BrandChanges)
    .output(Brand)
    .mutation(({ ctx, input }) => updateBrand(ctx, input)),

  delete: write
    .meta({
      openapi: {
        method: 'DELETE',
        path: '/brands/{id}',
        operation_id: 'deleteBrand',
        summary: 'Delete a brand',
        description: 'One that purchases use stays, unless `reassign_to` names another one to move them to.',
        tags,
        status: 204,
        errors: ['CONFLICT'],
        alsoCheck: checkBrandRemoval,
      },
    })
    .input(EntryRemoval)
    .output(z.void())
    .mutation(({ ctx, input }) => deleteBrand(ctx, input)),
})
