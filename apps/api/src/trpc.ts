import { AppError, type ErrorCode, type FieldError, invalid } from '@spends/core'
import { initTRPC, TRPCError } from '@trpc/server'
import { type AnyRouter, } from '@trpc/server'
import { ZodError } from 'zod'
import type { ApiContext, Right } from './context.ts'
import { speakPlainly, toFieldErrors, valueAt } from './field-errors.ts'
import { toProblem } from './problem.ts'
import type { Tag } from './rest/tags.ts'

