// A Spec survives the way through JSON, and JSON that is not a Spec is refused with its place.
#include "spec/spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sonde::spec {
namespace {

using testing::HasSubstr;

Spec sample() {
  Spec spec;
  spec.source_name = "/virtual/main.c";
  spec.made_by = "0.2.0";
  spec.target = "6.1.0-30-amd64";
  spec.portable = true;
  spec.types = {
      {TypeKind::kVoid, "void"},
      {TypeKind::kInt, "unsigned int", "u32", 4},
      {TypeKind::kChar, "char", "", 1, true},
      {TypeKind::kArray, "", "", 16, false, 2, 16},
      {.kind = TypeKind::kStruct,
       .name = "data_t",
       .size = 24,
       .fields = {{"pid", 1, 0, 0}, {"flag", 1, 32, 3}, {"comm", 3, 64, 0}}},
      {.kind = TypeKind::kEnum, .name = "way", .size = 4, .enumerators = {{"IN", 0}, {"NONE", -1}, {"FAR", INT64_MAX}}},
  };
  spec.maps = {{"start", "hash", 1, 4, 24, 10240, 0, 1, 4, std::nullopt, "events", "/sys/fs/bpf/start", ""},
               {"events", "perf_output", 4, 4, 4, 8, 0, {}, {}, 4, "", "", "public"}};
  spec.programs = {
      {"tracepoint__a__b", "tp_a_b", {HookKind::kTracepoint, "a:b"}, true, 12, {{"fentry", "tp_a_b__fentry"}}}};
  spec.tracepoints = {{"vmscan", "mm_vmscan_direct_reclaim_end", {{"nr_reclaimed", 8, 8}}}};
  spec.types[4].fields[0].annotations = {{"column", {"PID", "-6"}}, {"if", {"by_process"}}};
  spec.declarations = {{"by_process", 1, {{"option", {"80", "pids", "a line each"}}}},
                       {"tp_a_b", 0, {{"optional", {}}}}};
  return spec;
}

std::string error_of(std::string_view text) {
  Result<Spec> spec = from_json(text);
  return spec ? "no error" : spec.error().what;
}

TEST(Spec, SurvivesTheWayThroughJson) {
  Spec spec = sample();
  Result<Spec> again = from_json(to_json(spec));
  ASSERT_TRUE(again) << again.error().what;
  EXPECT_EQ(to_json(*again), to_json(spec));
  EXPECT_EQ(again->made_by, "0.2.0");
  EXPECT_EQ(again->target, "6.1.0-30-amd64");
  EXPECT_TRUE(again->portable);
  ASSERT_EQ(again->types.size(), 6u);
  EXPECT_EQ(again->types[1].spelling, "u32");
  EXPECT_TRUE(again->types[2].is_signed);
  EXPECT_EQ(again->types[4].fields[1].bits, 3u);
  EXPECT_EQ(again->types[4].fields[2].offset_bits, 64u);
  EXPECT_EQ(again->types[5].enumerators[1].value, -1);
  EXPECT_EQ(again->types[5].enumerators[2].value, INT64_MAX);
  EXPECT_EQ(again->maps[0].value, TypeId{4});
  EXPECT_EQ(again->maps[0].event, std::nullopt);
  EXPECT_EQ(again->maps[1].event, TypeId{4});
  EXPECT_EQ(again->maps[0].inner, "events");
  EXPECT_EQ(again->maps[0].pin_path, "/sys/fs/bpf/start");
  EXPECT_EQ(again->maps[1].scope, "public");
  EXPECT_EQ(again->programs[0].hook.target, "a:b");
  EXPECT_TRUE(again->programs[0].auto_attach);
  EXPECT_EQ(again->programs[0].variants[0].symbol, "tp_a_b__fentry");
  EXPECT_EQ(again->tracepoints[0].fields[0].offset, 8u);
  EXPECT_EQ(again->types[4].fields[0].annotations, spec.types[4].fields[0].annotations);
  EXPECT_EQ(again->types[4].fields[1].annotations.size(), 0u);
  ASSERT_EQ(again->declarations.size(), 2u);
  EXPECT_EQ(again->declarations[0].name, "by_process");
  EXPECT_EQ(again->declarations[0].annotations, spec.declarations[0].annotations);
  EXPECT_EQ(again->declarations[1].annotations[0].kind, "optional");
}

TEST(Spec, NotesAreListsThatBeginWithAKind) {
  EXPECT_THAT(error_of(R"({"version":2,"declarations":[{"name":"x","annotations":[[]]}]})"),
              HasSubstr("begin with a kind"));
  EXPECT_THAT(error_of(R"({"version":2,"declarations":[{"name":"x","annotations":["tool"]}]})"),
              HasSubstr("an array of arrays of strings"));
  EXPECT_THAT(error_of(R"({"version":2,"declarations":[{"name":"x","annotations":[["tool",1]]}]})"),
              HasSubstr("an array of arrays of strings"));
  EXPECT_THAT(error_of(R"({"version":2,"declarations":[{"name":"x","type":7}]})"),
              HasSubstr("x is of type 7, which does not exist"));
}

TEST(Spec, AnObjectThatDoesNotSayWhoMadeItIsReadable) {
  Result<Spec> spec = from_json(R"({"version":2})");
  ASSERT_TRUE(spec) << spec.error().what;
  EXPECT_EQ(spec->made_by, "");
}

TEST(Spec, UnknownKeysAreIgnored) {
  Result<Spec> spec = from_json(R"({"version":2,"new":{"a":[1,2]},"maps":[{"name":"m","colour":"red"}]})");
  ASSERT_TRUE(spec) << spec.error().what;
  EXPECT_EQ(spec->maps[0].name, "m");
  EXPECT_EQ(spec->license, "GPL");
}

TEST(Spec, BytesThatAreNotUtf8DoNotBreakIt) {
  Spec spec;
  spec.source_name = "caf\xe9.c";
  EXPECT_TRUE(from_json(to_json(spec)));
}

TEST(Spec, WhatIsNotJsonIsRefused) {
  EXPECT_EQ(error_of(""), "the spec is not JSON");
  EXPECT_EQ(error_of("{\"version\":1"), "the spec is not JSON");
  EXPECT_EQ(error_of("[]"), "the spec is not a JSON object");
  EXPECT_EQ(error_of(std::string(1 << 20, '[')), "the spec is not JSON");
  EXPECT_EQ(error_of(std::string(1 << 20, '[') + std::string(1 << 20, ']')), "the spec is not a JSON object");
}

TEST(Spec, AnotherVersionIsRefused) {
  EXPECT_EQ(error_of(R"({"version":1})"), "the spec is of version 1; this sonde reads 2");
  EXPECT_EQ(error_of("{}"), "the spec is of version 0; this sonde reads 2");
}

TEST(Spec, TypesAndRangesAreStrict) {
  EXPECT_EQ(error_of(R"({"version":2,"maps":{}})"), "spec.maps is not an array");
  EXPECT_EQ(error_of(R"({"version":2,"maps":[7]})"), "spec.maps[0] is not an object");
  EXPECT_EQ(error_of(R"({"version":2,"maps":[{"name":"a"},{"name":3}]})"), "spec.maps[1].name is not a string");
  EXPECT_EQ(error_of(R"({"version":2,"maps":[{"name":"a","key_size":-1}]})"),
            "spec.maps[0].key_size is not an integer in range");
  EXPECT_EQ(error_of(R"({"version":2,"maps":[{"name":"a","key_size":4294967296}]})"),
            "spec.maps[0].key_size is not an integer in range");
  EXPECT_EQ(error_of(R"({"version":2,"maps":[{"name":"a","key_size":1.5}]})"),
            "spec.maps[0].key_size is not an integer in range");
  EXPECT_EQ(error_of(R"({"version":2,"portable":1})"), "spec.portable is not true or false");
  EXPECT_EQ(error_of(R"({"version":2,"types":[{"kind":"tuple"}]})"), "spec.types[0].kind is not a kind of type");
  EXPECT_EQ(
      error_of(R"({"version":2,"types":[{"kind":"enum","enumerators":[{"name":"A","value":18446744073709551615}]}]})"),
      "spec.types[0].enumerators[0].value is not an integer in range");
  EXPECT_EQ(error_of(R"({"version":2,"programs":[{"name":"p","symbol":"p","hook":"kprobe"}]})"),
            "spec.programs[0].hook is not an object");
}

TEST(Spec, TypesThatDoNotHoldTogetherAreRefused) {
  EXPECT_THAT(error_of(R"({"version":2,"maps":[{"name":"m","key":0}]})"),
              HasSubstr("map m is of type 0, which does not exist"));
  EXPECT_THAT(error_of(R"({"version":2,"types":[{"kind":"array","element":9,"count":1,"size":1}]})"),
              HasSubstr("no type 9"));
  EXPECT_THAT(error_of(R"({"version":2,"types":[{"kind":"struct","size":8,"fields":[{"type":0,"offset_bits":0}]}]})"),
              HasSubstr("type 0 contains itself"));
  EXPECT_THAT(error_of(R"({"version":2,"types":[{"kind":"void"},{"kind":"int","size":8},
                           {"kind":"struct","size":8,"fields":[{"name":"x","type":1,"offset_bits":8}]}]})"),
              HasSubstr("field x lies outside of type 2"));
  EXPECT_THAT(error_of(R"({"version":2,"types":[{"kind":"int","size":4294967295},
                           {"kind":"array","element":0,"count":4294967295,"size":4}]})"),
              HasSubstr("type 1 is smaller than its 4294967295 elements"));
  EXPECT_THAT(error_of(R"({"version":2,"types":[{"kind":"int","size":4,"fields":[{"type":0,"offset_bits":0}]}]})"),
              HasSubstr("has fields but is no record"));
}

// A chain of arrays, outermost first or last: `next` gives the element of type i.
template <typename Next>
Spec chain(unsigned length, TypeId bottom, Next next) {
  Spec spec;
  for (TypeId i = 0; i < length; ++i) {
    spec.types.push_back(i == bottom ? Type{TypeKind::kInt, "int", "", 4}
                                     : Type{TypeKind::kArray, "", "", 4, false, next(i), 1});
  }
  return spec;
}

TEST(Spec, NestingHasALimitWhicheverWayTypesAreOrdered) {
  auto up = [](TypeId i) { return i + 1; };
  auto down = [](TypeId i) { return i - 1; };
  EXPECT_TRUE(from_json(to_json(chain(60, 59, up))));
  EXPECT_TRUE(from_json(to_json(chain(60, 0, down))));
  EXPECT_THAT(error_of(to_json(chain(20'000, 19'999, up))), HasSubstr("nested deeper than 64"));
  EXPECT_THAT(error_of(to_json(chain(20'000, 0, down))), HasSubstr("nested deeper than 64"));
}

TEST(Spec, AKindOfHookThatIsNotKnownKeepsItsName) {
  auto spec =
      from_json(R"({"version":2,"programs":[{"name":"p","symbol":"p","hook":{"kind":"teleporter","target":"a:b"}}]})");
  ASSERT_TRUE(spec) << spec.error().what;
  EXPECT_EQ(spec->programs[0].hook.kind, HookKind::kUnknown);
  EXPECT_EQ(spec->programs[0].hook.target, "teleporter:a:b");
  EXPECT_NE(to_json(*spec).find(R"({"kind":"teleporter","target":"a:b"})"), std::string::npos) << to_json(*spec);
}

}  // namespace
}  // namespace sonde::spec
