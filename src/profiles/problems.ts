/** What is wrong with the value of a field. `slack/sentences.ts` has a sentence for each code. */
export type ProfileProblem =
  | { code: 'text_missing'; label: string }
  | { code: 'text_too_long'; max: number; length: number }
  | { code: 'not_an_https_url' }
  | { code: 'not_a_color' }
  // Attributes
  | { code: 'not_an_attribute'; line: string }
  | { code: 'attribute_twice'; name: string }
  | { code: 'attribute_name_too_long'; name: string; max: number }
  | { code: 'attribute_description_too_long'; name: string; max: number }
  | { code: 'too_many_attributes'; max: number; count: number };
