// Bytes become text by their type, and nothing in them can reach the terminal's controls.
#include "tool/text/value_text.h"

#include <gtest/gtest.h>

#include <cstring>

namespace sonde::tool {
namespace {

using spec::Type;
using spec::TypeKind;

enum Id : spec::TypeId {
  kVoid,
  kU32,
  kS32,
  kS64,
  kChar,
  kComm,
  kU8,
  kMac,
  kBool,
  kEnum,
  kPointer,
  kDouble,
  kU128,
  kInner,
  kEvent,
  kU16x3
};

const spec::Spec& spec() {
  static const spec::Spec made = [] {
    spec::Spec spec;
    spec.types = {
        {TypeKind::kVoid, "void"},
        {TypeKind::kInt, "unsigned int", "u32", 4},
        {TypeKind::kInt, "int", "", 4, true},
        {TypeKind::kInt, "long long", "s64", 8, true},
        {TypeKind::kChar, "char", "", 1, true},
        {TypeKind::kArray, "", "", 16, false, kChar, 16},
        {TypeKind::kChar, "unsigned char", "u8", 1},
        {TypeKind::kArray, "", "", 6, false, kU8, 6},
        {TypeKind::kBool, "bool", "", 1},
        {.kind = TypeKind::kEnum, .name = "way", .size = 4, .enumerators = {{"IN", 0}, {"OUT", 1}}},
        {TypeKind::kPointer, "", "", 8},
        {TypeKind::kFloat, "double", "", 8},
        {TypeKind::kInt, "unsigned __int128", "", 16},
        {.kind = TypeKind::kStruct,
         .name = "inner",
         .size = 8,
         .fields = {{"a", kU32, 0}, {"low", kU32, 32, 3}, {"high", kS32, 35, 4}}},
        {.kind = TypeKind::kStruct, .name = "event", .size = 24, .fields = {{"in", kInner, 0}, {"comm", kComm, 64}}},
        {TypeKind::kArray, "", "", 12, false, kU32, 3},
    };
    return spec;
  }();
  return made;
}

template <typename T>
std::string bytes_of(T value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

std::string comm(std::string text) {
  text.resize(16);
  return text;
}

TEST(ValueText, NumbersAreDecimal) {
  EXPECT_EQ(value_text(spec(), kU32, bytes_of<uint32_t>(4294967295)), "4294967295");
  EXPECT_EQ(value_text(spec(), kS32, bytes_of<int32_t>(-2)), "-2");
  EXPECT_EQ(value_text(spec(), kS64, bytes_of<int64_t>(INT64_MIN)), "-9223372036854775808");
  EXPECT_EQ(value_text(spec(), kU8, bytes_of<uint8_t>(65)), "65");
  EXPECT_EQ(value_text(spec(), kDouble, bytes_of(1.5)), "1.5");
}

TEST(ValueText, OtherScalarsHaveTheirOwnForms) {
  EXPECT_EQ(value_text(spec(), kChar, "A"), "A");
  EXPECT_EQ(value_text(spec(), kChar, "\n"), "10");
  EXPECT_EQ(value_text(spec(), kBool, bytes_of<uint8_t>(1)), "true");
  EXPECT_EQ(value_text(spec(), kEnum, bytes_of<uint32_t>(1)), "OUT");
  EXPECT_EQ(value_text(spec(), kEnum, bytes_of<uint32_t>(7)), "7");
  EXPECT_EQ(value_text(spec(), kPointer, bytes_of<uint64_t>(0xffff8880)), "0xffff8880");
  EXPECT_EQ(value_text(spec(), kU128, bytes_of((__int128{1} << 64) + 2)), "0x10000000000000002");
}

TEST(ValueText, CharArraysAreText) {
  EXPECT_EQ(value_text(spec(), kComm, comm("bash")), "bash");
  EXPECT_EQ(value_text(spec(), kComm, comm(std::string("a\0b", 3))), "a");
  EXPECT_EQ(value_text(spec(), kComm, std::string(16, 'x')), "xxxxxxxxxxxxxxxx");
  EXPECT_EQ(value_text(spec(), kMac, std::string("\x00\x1b\x21\xff\x0a\x01", 6)), "001b21ff0a01");
}

TEST(ValueText, NothingControlsTheTerminal) {
  EXPECT_EQ(safe_text("\x1b[2J"), "\\x1b[2J");
  EXPECT_EQ(safe_text("a\nb\r\t\x7f"), "a\\x0ab\\x0d\\x09\\x7f");
  EXPECT_EQ(safe_text("\xc2\x9b"
                      "31m"),
            "\\xc2\\x9b31m");  // CSI as one character of C1
  EXPECT_EQ(safe_text("gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80"), "gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80");
  EXPECT_EQ(safe_text("\xff\xc3"), "\\xff\\xc3");
}

TEST(ValueText, RecordsNameTheirFields) {
  std::string event = bytes_of<uint32_t>(5) + bytes_of<uint32_t>(0b0001'101) + comm("sh");
  EXPECT_EQ(value_text(spec(), kEvent, event), "{in={a=5, low=5, high=1}, comm=\"sh\"}");
  event = bytes_of<uint32_t>(5) + bytes_of<uint32_t>(0b1111'000) + comm("sh");
  EXPECT_EQ(value_text(spec(), kInner, event), "{a=5, low=0, high=-1}");
  EXPECT_EQ(value_text(spec(), kU16x3, bytes_of<uint32_t>(1) + bytes_of<uint32_t>(2) + bytes_of<uint32_t>(3)),
            "[1, 2, 3]");
}

TEST(ValueText, WhatIsNotThereIsADash) {
  EXPECT_EQ(value_text(spec(), kU32, "abc"), "-");
  EXPECT_EQ(value_text(spec(), kVoid, "abc"), "-");
  EXPECT_EQ(field_text(spec(), {"comm", kComm, 64}, bytes_of<uint64_t>(1)), "-");
  EXPECT_EQ(field_text(spec(), {"low", kU32, 32, 3}, bytes_of<uint32_t>(1)), "-");
}

}  // namespace
}  // namespace sonde::tool
