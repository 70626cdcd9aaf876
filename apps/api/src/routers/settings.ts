import { getSettings, Settings, SettingsChanges, updateSettings } from '@spends/core'
import { admin, read, router } from '../trpc.ts'

const tags = ['Settings'] as const

export const settings = router({
  get: read
    .meta({
      openapi: {
        method: 'GET',
        path: '/settings',
        operation_id: 'getSettings',
        summary: 'Read the settings',
        tags,
        conditional: true,
      },
    })
    .output(Settings)
    .query(({ ctx }) => getSettings(ctx)),

  update: admin
    .meta({
      openapi: {
        method: 'PUT',
        path: '/settings',
        operation_id: 'updateSettings',
        summary: 'Change settings',
        description: 'Only the fields sent change.',
        tags,
      },
    })
    .input(SettingsChanges)
    .output(Settings)
    .mutation(({ ctx, input }) => updateSettings(ctx, input)),
})
