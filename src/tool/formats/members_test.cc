// Members of structs by the spec.
#include "tool/formats/members.h"

#include <gtest/gtest.h>

namespace sonde::tool {
namespace {

using std::string_view_literals::operator""sv;

// struct {enum way {IN, OUT = 2} way; s16 left; s32 numbers[2]; char name[4];}
spec::Spec spec_of_call() {
  using spec::TypeKind;
  spec::Spec spec;
  spec.types = {{TypeKind::kVoid, "void"},
                {.kind = TypeKind::kEnum, .name = "way", .size = 4, .enumerators = {{"IN", 0}, {"OUT", 2}}},
                {TypeKind::kInt, "short", "s16", 2, true},
                {TypeKind::kInt, "int", "s32", 4, true},
                {TypeKind::kArray, "", "", 8, false, 3, 2},
                {TypeKind::kChar, "char", "", 1, true},
                {TypeKind::kArray, "", "", 4, false, 5, 4},
                {.kind = TypeKind::kStruct, .name = "call", .size = 20}};
  spec.types[7].fields = {{"way", 1, 0}, {"left", 2, 32}, {"numbers", 4, 64}, {"name", 6, 128}};
  return spec;
}

TEST(Members, AreFoundByTheirNames) {
  spec::Spec spec = spec_of_call();
  std::string_view bytes = "\2\0\0\0\xfe\xff\0\0\7\0\0\0\xff\xff\xff\xffwxyz"sv;
  Members call(spec, 7, bytes);
  EXPECT_EQ(call.enumerator("way"), "OUT");
  EXPECT_EQ(call.number("way"), 2u);
  EXPECT_EQ(call.number("left"), 0xfffeu);
  EXPECT_EQ(call.signed_number("left"), -2);
  EXPECT_EQ(call.element("numbers", 0), 7);
  EXPECT_EQ(call.element("numbers", 1), -1);
  EXPECT_EQ(call.bytes("name"), "wxyz");
}

TEST(Members, WhatIsNotThereIsNothing) {
  spec::Spec spec = spec_of_call();
  Members cut(spec, 7, "\1\0\0\0\xfe"sv);
  EXPECT_EQ(cut.enumerator("way"), "");
  EXPECT_EQ(cut.number("left"), 0xfeu);
  EXPECT_EQ(cut.element("numbers", 0), 0);
  EXPECT_EQ(cut.bytes("name"), "");
  Members none(spec, 7, "");
  EXPECT_EQ(none.number("way"), 0u);
  EXPECT_EQ(none.signed_number("nowhere"), 0);
  EXPECT_EQ(none.element("way", 0), 0);
  EXPECT_EQ(Members(spec, 3, "\1\0\0\0"sv).number("way"), 0u);
}

}  // namespace
}  // namespace sonde::tool
