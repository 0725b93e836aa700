import { closeNode, runInNode } from '@/runner/node'
import { readCatalogue } from './catalogue'
import { compileLesson } from './compile'
import { readLessonFiles } from './folder'
import { Problems } from './problems'

async function main() {
  const cat = readCatalogue(process.cwd())
  console.log('catalogue', JSON.stringify((cat as any).problems ?? []).slice(0, 500))
  for (const slug of ['cloud-building-blocks', 'notebook-to-service']) {
    const folder = `content/courses/cloud-deployment/${slug}`
    const problems = new Problems()
    const files = await readLessonFiles(process.cwd(), folder, problems)
    const out = await compileLesson(
      { course: 'cloud-deployment', slug, folder, files },
      { salt: 'x', run: runInNode },
    )
    console.log(slug, problems.list, out.problems)
    if (out.compiled) {
      for (const b of out.compiled.blocks)
        for (const s of b.compiled.samples as any[]) {
          const v = await (b.kind as any).grade(b.compiled.key, s.answer, {})
          const ok =
            v.passed === s.passes &&
            (!s.fails || v.checks.some((c: any) => !c.passed && c.id === s.fails)) &&
            (!s.says || JSON.stringify(v).includes(s.says))
          if (!ok) console.log('  BAD', b.block.id, s.name)
        }
      console.log(out.compiled.blocks.length, 'blocks', out.compiled.lesson.segments.length)
    }
  }
  await closeNode()
}
main()
