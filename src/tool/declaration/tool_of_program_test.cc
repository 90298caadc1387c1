// What a program that declares nothing shows.
#include "tool/declaration/tool_of_program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tool/declaration/program_spec_test.h"

namespace sonde::tool {
namespace {

using namespace program_spec;
using testing::ElementsAre;

std::vector<std::string> names(const std::vector<ColumnField>& columns) {
  std::vector<std::string> names;
  for (const ColumnField& column : columns) names.push_back(column.field.name);
  return names;
}

template <typename View>
std::vector<std::string> maps(const std::vector<View>& views) {
  std::vector<std::string> maps;
  for (const View& view : views) maps.push_back(view.map);
  return maps;
}

Tool tool_of_maps(std::vector<spec::Map> maps, bool has_trace_lines = false) {
  spec::Spec spec = program_types();
  spec.maps = std::move(maps);
  return tool_of_program(spec, "made", has_trace_lines);
}

TEST(ToolOfProgram, FieldsOfAnEventAreColumnsAndThoseOfInnerRecordsAsWell) {
  Tool tool = tool_of_maps({event_map("events", kEvent)});
  ASSERT_THAT(maps(tool.rows), ElementsAre("events"));
  const auto& columns = tool.rows[0].columns;
  EXPECT_THAT(names(columns), ElementsAre("pid", "comm", "at.x", "at.y"));
  EXPECT_EQ(columns[3].field.offset_bits, 192u);
  EXPECT_GT(columns[0].style.width, 0);  // numbers are flush right
  EXPECT_LT(columns[1].style.width, 0);
  EXPECT_FALSE(tool.labels_records);
}

TEST(ToolOfProgram, AnEventThatIsNoRecordIsOneColumn) {
  EXPECT_THAT(names(tool_of_maps({event_map("events", kU64)}).rows[0].columns), ElementsAre("value"));
  const Tool untyped = tool_of_maps({event_map("events", std::nullopt)});
  ASSERT_THAT(names(untyped.rows[0].columns), ElementsAre("event"));
  EXPECT_TRUE(untyped.rows[0].columns[0].style.is_raw);
}

TEST(ToolOfProgram, PaddingIsNoColumn) {
  EXPECT_THAT(names(tool_of_maps({event_map("events", kFlags)}).rows[0].columns), ElementsAre("low", "high"));
}

TEST(ToolOfProgram, ARingBufferHasNoTwinForOlderKernels) {
  spec::Map ring = event_map("events", kEvent);
  ring.kind = "", ring.type = BPF_MAP_TYPE_RINGBUF;
  EXPECT_FALSE(tool_of_maps({ring}).rows.at(0).has_perf_twin);
}

TEST(ToolOfProgram, MapsAreTablesHistogramsAndStacks) {
  spec::Map stacks = map_of("stacks", BPF_MAP_TYPE_STACK_TRACE, kU32, kU64);
  Tool tool = tool_of_maps({stacks, map_of("counts", BPF_MAP_TYPE_HASH, kU32, kU64),
                            map_of("dist", BPF_MAP_TYPE_ARRAY, kU32, kU64, "histogram"),
                            map_of("disks", BPF_MAP_TYPE_HASH, kBucket, kU64, "histogram"),
                            map_of("sums", BPF_MAP_TYPE_PERCPU_ARRAY, kU32, kU64)});
  EXPECT_THAT(maps(tool.tables), ElementsAre("counts", "sums", "stacks"));  // stacks below what refers to them
  EXPECT_TRUE(tool.tables[0].as_entries && tool.tables[2].as_stack_map);
  EXPECT_THAT(maps(tool.histograms), ElementsAre("dist", "disks"));
  EXPECT_TRUE(tool.histograms[0].is_by_slot);
  EXPECT_TRUE(tool.labels_records);
}

TEST(ToolOfProgram, AHistogramOfSomethingElseIsATable) {
  Tool tool = tool_of_maps({map_of("pairs", BPF_MAP_TYPE_HASH, kU32, kPair, "histogram"),
                            map_of("texts", BPF_MAP_TYPE_HASH, kEvent, kU64, "histogram")});
  EXPECT_THAT(maps(tool.tables), ElementsAre("pairs", "texts"));
  EXPECT_TRUE(tool.histograms.empty());
}

TEST(ToolOfProgram, MapsThatMeanNothingToAReaderAreLeftOut) {
  Tool tool = tool_of_maps({map_of(".rodata", BPF_MAP_TYPE_ARRAY, kU32, kU64),
                            map_of("prog.bss", BPF_MAP_TYPE_ARRAY, kU32, kU64),
                            map_of("calls", BPF_MAP_TYPE_PROG_ARRAY, kU32, kU32)});
  EXPECT_TRUE(tool.rows.empty() && tool.tables.empty() && tool.histograms.empty());
}

TEST(ToolOfProgram, ASecondKindOfRecordIsLabelled) {
  EXPECT_FALSE(tool_of_maps({}, true).labels_records);
  EXPECT_TRUE(tool_of_maps({event_map("events", kEvent)}, true).labels_records);
}

TEST(ToolOfProgram, ItHasNoFiltersAndSpeaksAsTheCommand) {
  Tool tool = tool_of_maps({});
  EXPECT_FALSE(tool.has_filters);
  EXPECT_TRUE(tool.interval_is_option);
  EXPECT_EQ(tool.name, "made");
  EXPECT_EQ(tool.spoken_name(), "sonde");
}

// 2^64 columns, all of size 0.
TEST(ToolOfProgram, ADamagedSpecDoesNotMakeItEndless) {
  spec::Spec spec;
  spec.types = {{spec::TypeKind::kVoid, "void"}};
  for (spec::TypeId inner = 0; inner < 60; ++inner) {
    spec.types.push_back({.kind = spec::TypeKind::kStruct, .fields = {{"a", inner}, {"b", inner}}});
  }
  spec.maps = {event_map("events", 60)};
  EXPECT_LE(tool_of_program(spec, "made", false).rows[0].columns.size(), 4096u);
}

TEST(HasTraceCalls, WhatIsNoObjectHasNone) {
  EXPECT_FALSE(has_trace_calls(""));
  EXPECT_FALSE(has_trace_calls("\177ELFdamaged"));
}

}  // namespace
}  // namespace sonde::tool
