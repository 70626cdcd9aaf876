/** One instruction of a Dockerfile. `line` counts from 1. */
export interface Instruction {
  line: number
  name: string
  text: string
}
