import type { ArticleQuery } from '@kangban/sdk/documents'

export type Article = NonNullable<ArticleQuery['article']>
