"""STRCMP("text", argument) in a filter expression of a tool, made into C that compares by hand."""
import re

_CALL = re.compile(r'STRCMP\(\s*("(?:[^"\\]|\\.)*")\s*,')

_FUNCTION = """
static inline bool %(name)s(char const *ignored, %(type)s str) {
    char needle[] = %(literal)s;
    char haystack[sizeof(needle)];
    %(read)s(&haystack, sizeof(haystack), (void *)str);
    for (int i = 0; i < sizeof(needle) - 1; ++i) {
        if (needle[i] != haystack[i]) {
            return false;
        }
    }
    return true;
}
"""


class StrcmpRewrite:
    @staticmethod
    def rewrite_expr(expr, bin_cmp, is_user, probe_user_list, streq_functions, probeid):
        """Gives the expression with calls of comparison functions, the C text of these added, and the next free
        number."""
        functions = [streq_functions]

        def replace(match):
            nonlocal probeid
            literal = match.group(1)
            name = "streq_%d" % probeid
            probeid += 1
            functions.append(_FUNCTION % {
                "name": name, "literal": literal, "type": "char const *" if not bin_cmp else "void const *",
                "read": _reader(expr, match.end(), is_user, probe_user_list)})
            return "%s(%s," % (name, literal)

        rewritten = _CALL.sub(replace, expr)
        return {"expr": rewritten, "streq_functions": "".join(functions), "probeid": probeid}


def _reader(expr, argument_at, is_user, probe_user_list):
    argument = expr[argument_at:].split(")")[0].strip()
    if is_user or argument in (probe_user_list or ()):
        return "bpf_probe_read_user"
    return "bpf_probe_read_kernel"
