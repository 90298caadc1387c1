#include "compile/diagnostics/rewording.h"

#include <gtest/gtest.h>

namespace sonde::compile {
namespace {

TEST(Wording, TypesOfMapMacrosAreTheUsers) {
  EXPECT_EQ(in_the_dialects_words("passing 'int' to parameter of type 'typeof(struct key_t) *' (aka 'struct key_t *')"),
            "passing 'int' to parameter of type 'struct key_t *'");
  EXPECT_EQ(in_the_dialects_words("got 'typeof(u32)' (aka 'unsigned int')"), "got 'u32' (aka 'unsigned int')");
  EXPECT_EQ(in_the_dialects_words("field has incomplete type 'typeof(f(int (*)(void)))'"),
            "field has incomplete type 'f(int (*)(void))'");
}

TEST(Wording, ThatMethodsDoNotWriteTheirParametersIsNotSaid) {
  EXPECT_EQ(
      in_the_dialects_words("passing 'u32' to parameter of type 'const typeof(u32) *' (aka 'const unsigned int *')"),
      "passing 'u32' to parameter of type 'u32 *' (aka 'unsigned int *')");
  EXPECT_EQ(in_the_dialects_words(
                "passing 'int' to parameter of type 'const typeof(struct key_t) *' (aka 'const struct key_t *')"),
            "passing 'int' to parameter of type 'struct key_t *'");
}

TEST(Wording, AnUnclosedTypeofStaysAsItIs) {
  EXPECT_EQ(in_the_dialects_words("expected ')' after 'typeof(u32'"), "expected ')' after 'typeof(u32'");
}

TEST(Wording, MapsHaveTheNamesThatTheUserGaveThem) {
  EXPECT_EQ(in_the_dialects_words("redefinition of enumerator '__sonde_type_start'"), "redefinition of 'start'");
  EXPECT_EQ(in_the_dialects_words("unused variable '__sonde_map_start'"), "unused variable 'start'");
}

TEST(Wording, ChecksOfTheHeadersSayTheirOwnText) {
  EXPECT_EQ(
      in_the_dialects_words("static assertion failed due to requirement '4 <= (__builtin_constant_p(\"%d\") ? 3 : 4)': "
                            "too many values"),
      "too many values");
  EXPECT_EQ(in_the_dialects_words("static assertion failed due to requirement 'sizeof(int) == 8': mine"),
            "static assertion failed due to requirement 'sizeof(int) == 8': mine");
}

TEST(Wording, OtherMessagesAreClangs) {
  EXPECT_EQ(in_the_dialects_words("expected ';' after expression"), "expected ';' after expression");
  EXPECT_EQ(in_the_dialects_words(""), "");
}

TEST(Wording, NotesThatLeadAstray) {
  EXPECT_TRUE(is_misleading("include the header <stdio.h> or explicitly provide a declaration for 'printf'"));
  EXPECT_FALSE(is_misleading("previous definition is here"));
}

}  // namespace
}  // namespace sonde::compile
