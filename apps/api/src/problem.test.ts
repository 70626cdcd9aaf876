import { AppError, notFound } from '@spends/core'
import { TRPCError } from '@trpc/server'
import { Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { describe, expect, it } from 'vitest'
import { answerProblem, HttpError, isForeseen, toProblem } from './problem.ts'

describe('problems', () => {
  it('say what a service threw', () => {
    const errors = [{ path: 'name', message: 'is taken' }]
    expect(toProblem(new AppError('CONFLICT', 'The name is taken.', errors), 'r-1')).toEqual({
      status: 409,
      headers: {},
      body: {
        type: 'about:blank',
        title: 'Conflict',
        status: 409,
        code: 'CONFLICT',
        detail: 'The name is taken.',
        errors,
        request_id: 'r-1',
      },
    })
  })

  it.each([
    [new HttpError(405, 'No.', { Allow: 'GET' }), 405, 'METHOD_NOT_ALLOWED'],
    [new HttpError(413, 'Too large.'), 413, 'PAYLOAD_TOO_LARGE'],
    [new HttpError(421, 'Not here.'), 421, 'MISDIRECTED_REQUEST'],
    [new HTTPException(413), 413, 'PAYLOAD_TOO_LARGE'],
    [new HTTPException(418, { message: 'secret' }), 500, 'INTERNAL_SERVER_ERROR'],
    [new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause: notFound('drawer') }), 404, 'NOT_FOUND'],
    [new TRPCError({ code: 'TOO_MANY_REQUESTS', message: 'secret' }), 500, 'INTERNAL_SERVER_ERROR'],
    [new TRPCError({ code: 'BAD_REQUEST', cause: new Error('secret') }), 400, 'BAD_REQUEST'],
    [new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause: new SyntaxError('secret') }), 500, 'INTERNAL_SERVER_ERROR'],
    [new Error('secret'), 500, 'INTERNAL_SERVER_ERROR'],
    ['secret', 500, 'INTERNAL_SERVER_ERROR'],
    [undefined, 500, 'INTERNAL_SERVER_ERROR'],
  ])('%#: have the status and code of the failure, and no words of others', (error, status, code) => {
    const problem = toProblem(error, 'r-1')
    expect(problem).toMatchObject({ status, body: { status, code } })
    expect(JSON.stringify(problem)).not.toContain('secret')
    expect(isForeseen(error)).toBe(status !== 500)
  })

  it('bring the headers of the failure along', () => {
    expect(toProblem(new HttpError(405, 'No.', { Allow: 'GET' }), 'r-1').headers).toEqual({ Allow: 'GET' })
    expect(toProblem(new AppError('SERVICE_UNAVAILABLE', 'Away.'), 'r-1').headers).toEqual({ 'Retry-After': '5' })
    const longer = new HttpError(503, 'Restoring.', { 'Retry-After': '60' })
    expect(toProblem(longer, 'r-1').headers).toEqual({ 'Retry-After': '60' })
  })

  it('are answers with the type of RFC 9457', async () => {
    const app = new Hono<{ Variables: { requestId: string } }>()
    app.get('/', (c) => {
      c.set('requestId', 'r-2')
      return answerProblem(c, new HttpError(413, 'Too large.'))
    })
    const response = await app.request('/')
    expect(response.status).toBe(413)
    expect(response.headers.get('Content-Type')).toBe('application/problem+json')
    expect(await response.json()).toMatchObject({
      code: 'PAYLOAD_TOO_LARGE',
      title: 'Content Too Large',
      request_id: 'r-2',
    })
  })
})
