// What the parts of a specification are to those who build programs of them; corpus_test.cc has the grammars.
#include "probes/parse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "probes/report.h"
#include "probes/signature.h"

namespace sonde::probes {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Specification parsed(Tool tool, std::string_view text) {
  auto spec = parse(text, {.tool = tool});
  EXPECT_TRUE(spec) << (spec ? "" : render("test", text, spec.error()));
  return spec ? *spec : Specification();
}

Specification trace(std::string_view text) { return parsed(Tool::kTrace, text); }

std::vector<Variable> variables_of(const Expression& expression) {
  std::vector<Variable> found;
  for (const Token& each : expression.tokens) {
    if (each.variable != Variable::kNone) found.push_back(each.variable);
  }
  return found;
}

TEST(Tokens, SayWhatNamesMean) {
  Specification spec = trace("r:c:open(char *file) (retval > 0 && arg2 && $pid != $tgid && file[0]) \"%s\", file");
  EXPECT_THAT(variables_of(spec.filter), ElementsAre(Variable::kReturned, Variable::kArgument, Variable::kThread,
                                                     Variable::kProcess, Variable::kParameter));
  EXPECT_THAT(variables_of(spec.arguments[0]), ElementsAre(Variable::kParameter));
  EXPECT_EQ(spec.filter.tokens[4].text, "arg2");
  EXPECT_EQ(spec.filter.tokens[4].number, 2u);
}

TEST(Tokens, ParametersHideOtherMeanings) {
  Specification spec = trace("f(int arg3, int retval, int args) (arg3 + retval + args)");
  EXPECT_THAT(variables_of(spec.filter), ElementsAre(Variable::kParameter, Variable::kParameter, Variable::kParameter));
  EXPECT_EQ(spec.filter.tokens[2].number, 1u);
}

TEST(Tokens, FieldsAreNotNames) {
  Specification spec = trace("f(struct x *p) (p->retval + p->args + p->x.arg9)");
  EXPECT_THAT(variables_of(spec.filter), ElementsAre(Variable::kParameter, Variable::kParameter, Variable::kParameter));
}

TEST(Tokens, TheUserMarkStandsBehindItsArgument) {
  Specification spec = trace("f (STRCMP(\"x\", arg2@user))");
  ASSERT_EQ(spec.filter.tokens.size(), 7u);
  EXPECT_EQ(spec.filter.tokens[0].variable, Variable::kCompare);
  EXPECT_EQ(spec.filter.tokens[5].kind, Token::Kind::kUserMark);
}

TEST(Tokens, EntryNamesAParameterOfTheSignature) {
  Specification spec = parsed(Tool::kArgdist, "r::f(int a, int b):u64:$latency / $entry(b):$retval");
  EXPECT_THAT(variables_of(spec.values[0]), ElementsAre(Variable::kLatency, Variable::kEntry, Variable::kParameter));
  EXPECT_EQ(spec.values[0].tokens[4].number, 1u);
}

TEST(Format, IsTakenApart) {
  Specification spec = trace(R"(f "a\t%d%%|%-20s|%08llx|%5.3hu\n" , arg1, arg2, arg3, arg4)");
  const Format& format = *spec.format;
  EXPECT_THAT(format.literals, ElementsAre("a\t", "%|", "|", "|", "\n"));
  ASSERT_EQ(format.conversions.size(), 4u);
  EXPECT_EQ(format.conversions[0].kind, Conversion::Kind::kSigned);
  EXPECT_EQ(format.conversions[0].bytes, 4u);
  EXPECT_EQ(format.conversions[1].kind, Conversion::Kind::kString);
  EXPECT_EQ(format.conversions[1].flags, "-");
  EXPECT_EQ(format.conversions[1].width, 20);
  EXPECT_EQ(format.conversions[2].kind, Conversion::Kind::kHex);
  EXPECT_EQ(format.conversions[2].bytes, 8u);
  EXPECT_EQ(format.conversions[2].flags, "0");
  EXPECT_EQ(format.conversions[3].bytes, 2u);
  EXPECT_EQ(format.conversions[3].precision, 3);
  EXPECT_EQ(spec.text.substr(format.conversions[3].place.begin, 6), "%5.3hu");
}

TEST(Signature, HasTypesAndNames) {
  auto parameters = parse_signature(
      Slice("struct sk_buff *skb, const char __user *name, int (*done)(int, void *), u8 key[16], long"));
  ASSERT_TRUE(parameters);
  ASSERT_EQ(parameters->size(), 5u);
  EXPECT_EQ((*parameters)[0].type.text, "struct sk_buff *");
  EXPECT_EQ((*parameters)[0].name.text, "skb");
  EXPECT_TRUE((*parameters)[1].is_user);
  EXPECT_EQ((*parameters)[2].name.text, "done");
  EXPECT_EQ((*parameters)[2].type.text, "int (*)(int, void *)");
  EXPECT_EQ((*parameters)[3].type.text, "u8 [16]");
  EXPECT_EQ((*parameters)[4].name.text, "");
}

TEST(Signature, TellsTextFromNumbers) {
  EXPECT_TRUE(is_string_type("char*"));
  EXPECT_TRUE(is_string_type("const char *"));
  EXPECT_FALSE(is_string_type("char"));
  EXPECT_FALSE(is_string_type("char **"));
  EXPECT_FALSE(is_string_type("u64"));
}

TEST(Specification, HasATitle) {
  EXPECT_EQ(parsed(Tool::kArgdist, "p:c:fork()#fork calls").title(), "fork calls");
  EXPECT_EQ(parsed(Tool::kArgdist, "p:c:fork()").title(), "p:c:fork()");
}

TEST(Specification, ATracepointsPatternIsOfBothNames) {
  EXPECT_TRUE(parsed(Tool::kFunccount, "t:sched:sched_*").names.matches("sched:sched_switch"));
  EXPECT_FALSE(parsed(Tool::kFunccount, "t:sched:sched_*").names.matches("irq:sched_switch"));
  EXPECT_TRUE(parsed(Tool::kFunccount, "t:*:*").names.matches("irq:irq_handler_entry"));
  EXPECT_TRUE(parsed(Tool::kTplist, "block:*").names.matches("block:block_rq_complete"));
  EXPECT_TRUE(parsed(Tool::kTplist, "").names.matches("block:block_rq_complete"));
}

TEST(Report, ShowsTheSpecificationAndTheCaret) {
  std::string text = "sys_read (arg3 = 20000)";
  auto spec = parse(text, {});
  ASSERT_FALSE(spec);
  EXPECT_EQ(render("trace", text, spec.error()),
            "trace: = assigns a value\n"
            "  sys_read (arg3 = 20000)\n"
            "                 ^\n"
            "hint: write == to compare");
  Error error = as_error(text, spec.error());
  EXPECT_EQ(error.kind, ErrorKind::kInvalid);
  EXPECT_EQ(error.hint, "write == to compare");
}

TEST(Report, MarksAllOfTheWrongPart) {
  EXPECT_THAT(render("x", "abc defg hi", {{4, 8}, "m", ""}), HasSubstr("\n  abc defg hi\n      ^~~~"));
  EXPECT_THAT(render("x", "abc", {{3, 3}, "m", ""}), HasSubstr("\n  abc\n     ^"));
  EXPECT_THAT(render("x", "abc", {{90, 99}, "m", ""}), HasSubstr("\n  abc\n     ^"));  // outside
}

TEST(Report, CountsCharactersAndNotBytes) {
  EXPECT_THAT(render("x", "äöü=x", {{6, 7}, "m", ""}), HasSubstr("\n  äöü=x\n     ^"));
}

TEST(Report, CutsLongTextsAroundTheCaret) {
  std::string text(1000, 'a');
  text[500] = '=';
  std::string shown = render("x", text, {{500, 501}, "m", ""});
  EXPECT_LT(shown.size(), 250u);
  size_t line = shown.find("\n  ...") + 1, caret = shown.find('^');
  ASSERT_NE(caret, std::string::npos);
  size_t column = caret - (shown.rfind('\n', caret) + 1);
  EXPECT_EQ(shown[line + column], '=');
}

TEST(Report, CannotSteerTheTerminal) {
  std::string shown = render("x", "a\x1b[2J\tb\nc", {{0, 1}, "m\x1b", "h\n"});
  EXPECT_EQ(shown.find('\x1b'), std::string::npos);
  EXPECT_EQ(std::count(shown.begin(), shown.end(), '\n'), 3);
}

TEST(Limits, LongAndHostileTextIsRefused) {
  for (const std::string& each :
       {std::string(kMaxSpecification + 1, 'a'), std::string("vfs\0read", 8), std::string(10000, '(')}) {
    for (Tool tool : {Tool::kTrace, Tool::kArgdist, Tool::kFunccount, Tool::kFuncslower})
      EXPECT_FALSE(parse(each, {.tool = tool}));
  }
}

}  // namespace
}  // namespace sonde::probes
