// What a statement's text tells of whether it may change a row. A view, an operator, a rule may change one all the same:
// outside of a transaction that is told of nobody, since otherwise each statement that reads would have a round trip more.

const READS = /^\s*(select|show|table|set|reset|commit|rollback|savepoint|release|discard|listen|unlisten|notify|fetch|close)\b/i;
/** A message of several statements, as far as one sees. */
const SEVERAL = /;\s*\S/;

/** PostgreSQL's own functions, types and words before a parenthesis. What is missing here costs a round trip, and nothing else. */
const OWN = new RegExp(
  `^(pg_catalog\\.)?(${[
    'all|and|any|array|as|between|by|case|distinct|else|end|except|exists|filter|from|group|having|ilike|in|intersect|interval|is|join',
    'lateral|like|limit|materialized|not|offset|on|or|over|partition|row|rows|select|sets|some|then|union|using|values|when|where|within',
    'bit|char|character|decimal|numeric|time|timestamp|timestamptz|varchar|varying',
    'abs|age|avg|bool_and|bool_or|cardinality|cast|ceil|coalesce|concat|concat_ws|count|cume_dist|date|dense_rank|encode|decode|every',
    'extract|first_value|floor|format|generate_series|greatest|gen_random_uuid|grouping|lag|last_value|lead|least|left|length|lower|ltrim',
    'make_(date|interval|time|timestamp|timestamptz)|max|md5|min|mod|nth_value|ntile|now|nullif|overlay|percent_rank|percentile_\\w+|position|power|quote_\\w+|random|rank|repeat',
    'replace|reverse|right|round|row_number|row_to_json|rpad|lpad|rtrim|sha256|split_part|starts_with|strpos|substr|substring|sum|trim|trunc',
    'unnest|upper|version|word_similarity|similarity|websearch_to_tsquery|phraseto_tsquery|plainto_tsquery',
    'array_(agg|append|cat|dims|fill|length|lower|ndims|positions?|prepend|remove|replace|to_json|to_string|upper)|date_(add|bin|part|subtract|trunc)',
    'jsonb?_(agg|array_(elements(_text)?|length)|build_(array|object)|each(_text)?|extract_path(_text)?|object(_agg|_keys)?|path_\\w+|pretty|set|strip_nulls|to_record(set)?|typeof)',
    'regexp_(count|instr|like|match(es)?|replace|split_to_(array|table)|substr)|string_(agg|to_array|to_table)|to_(char|date|hex|jsonb?|number|regclass|timestamp|tsquery|tsvector)',
    'ts_(headline|rank|rank_cd)|pg_\\w+|current_(database|schemas?|setting)|has_\\w+_privilege|array|date',
  ].join('|')})$`,
  'i',
);

/** Whether it only reads, as far as one sees: it is no statement that writes, and calls no function but PostgreSQL's own. */
export const isReading = (text: string): boolean => READS.test(text) && !SEVERAL.test(text) && !callsAnother(text);

function callsAnother(text: string): boolean {
  for (let at = text.indexOf('('); at !== -1; at = text.indexOf('(', at + 1)) {
    const name = nameBefore(text, at);
    if (name !== '' && !OWN.test(name)) return true;
  }
  return false;
}

const isSpace = (character: string | undefined): boolean => character !== undefined && character <= ' ';
const isOfName = (character: string | undefined): boolean => character !== undefined && /[\w."$\u0080-\uffff]/.test(character);

/** Looked for from the parenthesis on: forwards, each word of a long text would be tried. */
function nameBefore(text: string, parenthesis: number): string {
  let end = parenthesis;
  while (isSpace(text[end - 1])) end--;
  let begin = end;
  while (isOfName(text[begin - 1])) begin--;
  return text.slice(begin, end);
}
